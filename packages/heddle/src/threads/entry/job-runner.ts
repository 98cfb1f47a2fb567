import { types } from 'node:util';
import { errorIn, isFailure } from '../../defer/failure.ts';
import { isThenable } from '../../defer/thenable.ts';
import { isPromise } from '../wire/is-promise.ts';
import { BoundedMap } from '../wire/bounded-map.ts';
import type { JobMessage } from '../wire/messages.ts';
import { MOST_KNOWN_FUNCTIONS } from '../wire/most-known-functions.ts';
import { CodecError } from '../wire/errors/codec-error.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { unpack } from '../wire/values/unpack.ts';
import { loadCodecs } from './functions/load-codecs.ts';
import { loadFunction } from './functions/load.ts';
import type { FunctionSource } from './functions/loaded-function.ts';
import { PassedFunctions } from './functions/passed-functions.ts';
import type { PassedTo, ReactorCalls } from './reactor-calls.ts';
import { startAll } from '../wire/start-all.ts';
import { whenSettled } from '../../defer/when-settled.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';

/** The way back to the reactor's thread: exactly one answer for each job. */
export interface Answers {
  /** The job cannot run yet: something has to be loaded for it. */
  loading(job: number): void;
  /** That has been done, and it is about to run. */
  loaded(job: number): void;
  /** Settles when nothing is left to be done before an answer; undefined where nothing is. */
  readonly isReady?: () => Promise<unknown> | undefined;
  /** @throws UnclonableError, CodecError and others where the value cannot be sent */
  value(job: number, value: unknown): void;
  /** - `thrown`: by the function; `unloadable`: the function could not be loaded in the thread */
  failed(job: number, outcome: 'thrown' | 'unloadable', error: unknown): void;
}

/** Calls a job's function, in such a way that the function can ask which job it runs for. */
export type Call = (job: number, f: Function, receiver: unknown, args: unknown[]) => unknown;

/** A function that has been loaded. */
interface KnownFunction {
  readonly source: FunctionSource;
  /** Whether it has returned a promise, or will. */
  waits: boolean;
}

/** Runs the jobs that come in, and answers each of them exactly once. */
export class JobRunner {
  readonly #answers: Answers;
  readonly #call: Call;
  readonly #reactor: ReactorCalls;
  /** The jobs that run and have got functions, by their slots. */
  readonly #passedTo = new Map<number, PassedTo>();
  readonly #functions = new BoundedMap<number, KnownFunction>(2 * MOST_KNOWN_FUNCTIONS);

  constructor(answers: Answers, call: Call, reactor: ReactorCalls) {
    this.#answers = answers;
    this.#call = call;
    this.#reactor = reactor;
  }

  /** A job has been answered: what was passed to it cannot be called any more. */
  hasEnded(job: number): void {
    const to = this.#passedTo.get(job);
    if (to === undefined) return;
    to.hasEnded = true;
    this.#passedTo.delete(job);
  }

  /**
   * Whether a job of this function may be on its way while others' timers, promises and errors have their
   * turn: it has to be loaded first, or returns promises.
   */
  mayWait(functionId: number): boolean {
    return this.#functions.get(functionId)?.waits ?? true;
  }

  hasLoaded(functionId: number): boolean {
    return this.#functions.has(functionId);
  }

  /** Runs a job of a function that was loaded before, with values that have arrived as they are. */
  runInline(job: number, functionId: number, args: unknown[], captured: readonly unknown[]): void {
    const known = this.#functions.get(functionId);
    if (known === undefined) return this.#fail(job, 'unloadable', unknownFunction(functionId));
    this.#perform(job, known, captured, () => args);
  }

  runMessage(job: number, functionId: number, message: JobMessage): void {
    const known = this.#functions.get(functionId);
    if (known === undefined) this.#load(job, functionId, message);
    else this.#run(job, message, known);
  }

  #load(job: number, functionId: number, message: JobMessage): void {
    const { reference } = message;
    if (reference === undefined) return this.#fail(job, 'unloadable', unknownFunction(functionId));
    const keep = (source: FunctionSource): void => {
      const loaded = { source, waits: false };
      this.#functions.set(functionId, loaded);
      this.#answers.loaded(job);
      this.#run(job, message, loaded);
    };
    const fail = (error: unknown): void => this.#fail(job, 'unloadable', error);
    try {
      const loaded = loadFunction(reference);
      if (isPromise(loaded)) loaded.then(keep, fail);
      else keep(loaded);
    } catch (error) {
      fail(error);
    }
  }

  #run(job: number, message: JobMessage, known: KnownFunction): void {
    const { args, captured } = message;
    const passed = this.#passedIn(job, message);
    const call = (): void => {
      let values: unknown[];
      try {
        values = captured === undefined ? [] : (unpack(captured, passed?.make) as unknown[]);
      } catch (error) {
        return this.#fail(job, 'thrown', error);
      }
      return this.#perform(job, known, values, () => unpack(args, passed?.make) as unknown[]);
    };
    const fail = (error: unknown): void => this.#fail(job, 'thrown', error);
    let loading: unknown[] | Promise<unknown[]>;
    try {
      loading = startAll<() => unknown, unknown>([() => loadCodecs(args, captured), () => passed?.load()], (load) =>
        load(),
      );
    } catch (error) {
      return fail(error);
    }
    if (!isPromise(loading)) return call();
    this.#answers.loading(job);
    loading.then(() => {
      this.#answers.loaded(job);
      call();
    }, fail);
    return undefined;
  }

  #passedIn(slot: number, { job = 0, args, captured }: JobMessage): PassedFunctions | undefined {
    const to: PassedTo = { job, slot, hasEnded: false, hasWarned: false };
    const passed = PassedFunctions.of(this.#reactor, to, [args, captured]);
    if (passed !== undefined) this.#passedTo.set(slot, to);
    return passed;
  }

  #perform(job: number, known: KnownFunction, captured: readonly unknown[], args: () => unknown[]): void {
    let result: unknown;
    try {
      const { f, receiver } = known.source(captured);
      known.waits ||= types.isAsyncFunction(f);
      result = this.#call(job, f, receiver, args());
      if (isThenable(result)) {
        known.waits = true;
        void whenSettled(
          result,
          (value) => this.#succeed(job, value),
          (error) => this.#fail(job, 'thrown', error),
        );
        return;
      }
    } catch (error) {
      this.#fail(job, 'thrown', error);
      return;
    }
    this.#succeed(job, result);
  }

  #succeed(job: number, value: unknown): void {
    const ready = this.#answers.isReady?.();
    if (ready === undefined) this.#answer(job, value);
    else void ready.then(() => this.#answer(job, value));
  }

  #answer(job: number, value: unknown): void {
    try {
      this.#answers.value(job, value);
    } catch (error) {
      // To return a Failure means to throw it. Only here it is looked for one: what can be sent is none.
      const isNamed = error instanceof UnclonableError || error instanceof CodecError;
      this.#answers.failed(job, 'thrown', isFailure(value) ? value.value : isNamed ? error : unsendable(error));
    }
  }

  #fail(job: number, outcome: 'thrown' | 'unloadable', thrown: unknown): void {
    const error = errorIn(thrown);
    const ready = this.#answers.isReady?.();
    if (ready === undefined) this.#answers.failed(job, outcome, error);
    else void ready.then(() => this.#answers.failed(job, outcome, error));
  }
}

/** Structured clone itself found something that looking at the prototypes does not show, such as a throwing getter. */
export function unsendable(error: unknown): UnclonableError {
  const reason = whyNotSent(error);
  return new UnclonableError(`The result cannot be sent to the caller's thread: ${reason}`);
}

/** Against all rules; but the jobs beside it are none of this one's business. */
function unknownFunction(functionId: number): Error {
  return new Error(`A job names function ${functionId}, which the thread has not been told of.`);
}
