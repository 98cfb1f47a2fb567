import { type Callable, partsOfCallable } from '../callable/resolve.ts';
import { TooManyCrashesError } from '../errors.ts';
import { type Job, nameOf } from '../job/job.ts';
import { BoundedMap } from '../wire/bounded-map.ts';
import { MOST_KNOWN_FUNCTIONS } from '../wire/most-known-functions.ts';
import type { JobReference } from '../wire/reference.ts';

/** A job, and the function that it called. */
interface RanJob {
  readonly job: Job;
  readonly reference: JobReference;
}

/** The threads that have ended while they ran one function, one after the other. */
interface Crashes {
  count: number;
  /** What the call failed with that the last of them ran. */
  last: Error;
}

/**
 * Recognises functions that keep ending their threads: by process.exit(), by an uncaught error, by using up the
 * memory. Only ends in a row count: where a call has been answered in between, the function is not what it takes, but
 * some of its arguments, or what another call left behind. Costs a call nothing while no thread has ended.
 */
export class CrashRecord {
  readonly #pool: string;
  readonly #max: number;
  readonly #crashes = new BoundedMap<JobReference, Crashes>(MOST_KNOWN_FUNCTIONS);

  /** @param max how many ends in a row a function may cause before its calls are refused */
  constructor(pool: string, max: number) {
    this.#pool = pool;
    this.#max = max;
  }

  /**
   * A thread has ended by itself while it ran these jobs; several of one function count once.
   *
   * @param errorOf what the call of a job fails with
   */
  threadHasEnded(ran: readonly RanJob[], errorOf: (job: Job) => Error): void {
    for (const [f, job] of new Map(ran.map(({ reference, job: one }) => [functionOf(reference), one]))) {
      const count = (this.#crashes.get(f)?.count ?? 0) + 1;
      this.#crashes.set(f, { count, last: errorOf(job) });
    }
  }

  /** A call of this function has been answered, by a value or by what it threw. */
  hasAnswered(reference: JobReference): void {
    if (this.#crashes.size > 0) this.#crashes.delete(functionOf(reference));
  }

  /** Why a call of this function is not taken any more; `undefined` where it is. */
  refusalOf(callable: Callable, f: Function): TooManyCrashesError | undefined {
    if (this.#crashes.size === 0) return undefined;
    const crashes = this.#crashes.get(functionOf(partsOfCallable(callable).reference));
    if (crashes === undefined || crashes.count < this.#max) return undefined;
    return new TooManyCrashesError(this.#pool, nameOf(f), crashes.count, crashes.last);
  }

  /** Forgets what a function has done, also as a part of calls of several functions. */
  forgive(callable: Callable): void {
    const { reference } = partsOfCallable(callable);
    for (const one of this.#crashes.keys()) {
      if (one === reference || (one.kind === 'sequence' && one.functions.includes(reference)))
        this.#crashes.delete(one);
    }
  }

  forgiveAll(): void {
    this.#crashes.clear();
  }
}

/** The same however it is called: within stores, item by item, with an object, for its effect. */
function functionOf(reference: JobReference): JobReference {
  switch (reference.kind) {
    case 'within':
      return functionOf(reference.function);
    case 'iterate':
    case 'bind':
    case 'bound':
    case 'effect':
      return functionOf(reference.of);
    default:
      return reference;
  }
}
