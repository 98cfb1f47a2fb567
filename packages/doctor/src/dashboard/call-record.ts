import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { TimeoutError } from 'heddle/defer';
import type { JobSettledEvent } from 'heddle/threads';
import { FunctionCounts, sumOfRows } from './function-counts.ts';
import { Recent } from './recent.ts';
import type { FunctionRow, SlowCall } from './sample.ts';
import { SlowestCalls } from './slowest-calls.ts';

const CHANNEL = 'heddle:job:settled';
const PERIOD_MS = 30 * 60_000;
const FUNCTIONS = 200;
const SHOWN_FUNCTIONS = 15;
const SHOWN_CALLS = 12;

interface Period {
  readonly functions: FunctionCounts;
  readonly slowest: SlowestCalls;
}

/** The calls of the last 30 to 60 minutes: which functions were called most, which took the time, which calls were slow. */
export class CallRecord {
  readonly #periods: Recent<Period>;
  readonly #hear = (message: unknown): void => this.#settled(message as JobSettledEvent);

  constructor() {
    this.#periods = new Recent(
      () => ({ functions: new FunctionCounts(FUNCTIONS), slowest: new SlowestCalls(SHOWN_CALLS) }),
      PERIOD_MS,
    );
    subscribe(CHANNEL, this.#hear);
  }

  /** Those called most and those that took most time. */
  functions(): FunctionRow[] {
    const rows = sumOfRows(this.#periods.all().map(({ functions }) => functions.rows()));
    const frequent = rows.toSorted((a, b) => b.count - a.count).slice(0, SHOWN_FUNCTIONS);
    const long = rows.toSorted((a, b) => b.total - a.total).slice(0, SHOWN_FUNCTIONS);
    return [...new Set([...frequent, ...long])];
  }

  slowest(): SlowCall[] {
    const calls = this.#periods.all().flatMap(({ slowest }) => slowest.calls());
    return calls.sort((a, b) => b.runTime - a.runTime).slice(0, SHOWN_CALLS);
  }

  stop(): void {
    unsubscribe(CHANNEL, this.#hear);
    this.#periods.stop();
  }

  /** Comes with every call: all that it costs to leave a dashboard on. */
  #settled(event: JobSettledEvent): void {
    const { functions, slowest } = this.#periods.current;
    const runTime = event.runTime ?? timedOutAfter(event.error);
    functions.add(event, runTime);
    if (runTime === undefined || !slowest.wouldTake(runTime)) return;
    const { id, functionName, pool, waitTime = 0, outcome } = event;
    const error = outcome === 'completed' ? undefined : labelOf(event.error);
    const call = { id, functionName, pool, ended: Date.now(), runTime, waitTime, outcome };
    slowest.add(error === undefined ? call : { ...call, error });
  }
}

/** A call whose time was over has no time of its own: its thread was ended before it could answer. */
function timedOutAfter(error: unknown): number | undefined {
  return error instanceof TimeoutError && error.limit === 'run' ? error.timeout : undefined;
}

const WORD = /^[\w$.:-]{1,60}$/;

/** What may be shown of an error: its name and its code, if they are words. */
function labelOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `a thrown ${error === null ? 'null' : typeof error}`;
    const { name, code } = error as Error & { code?: unknown };
    const words = [name, code].filter((word) => typeof word === 'string' && WORD.test(word));
    return words.join(' ') || 'Error';
  } catch {
    // What a codec of the program's has made may throw when it is looked at.
    return 'Error';
  }
}
