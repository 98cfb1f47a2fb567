import type { PassedFunction } from '../../wire/values/passed.ts';
import type { Payload } from '../../wire/values/payload.ts';
import { startAll } from '../../wire/start-all.ts';
import { loadFunction } from './load.ts';
import type { FunctionSource } from './loaded-function.ts';
import type { PassedTo, ReactorCalls } from '../reactor-calls.ts';
import { isPromise } from '../../wire/is-promise.ts';

/** The functions that came with one job's arguments. */
export class PassedFunctions {
  readonly #calls: ReactorCalls;
  readonly #to: PassedTo;
  readonly #passed: readonly PassedFunction[];
  readonly #sources = new Map<PassedFunction, FunctionSource>();

  private constructor(calls: ReactorCalls, to: PassedTo, passed: readonly PassedFunction[]) {
    this.#calls = calls;
    this.#to = to;
    this.#passed = passed;
  }

  /** Undefined where there are none. */
  static of(
    calls: ReactorCalls,
    to: PassedTo,
    payloads: readonly (Payload | undefined)[],
  ): PassedFunctions | undefined {
    const passed = payloads.flatMap((payload) => payload?.passed ?? []);
    return passed.length === 0 ? undefined : new PassedFunctions(calls, to, passed);
  }

  /**
   * Loads those that are to run in this thread.
   *
   * @throws CallableError, or a promise rejected with one
   */
  load(): Promise<void> | undefined {
    const run = this.#passed.filter((each) => each.way === 'inThread');
    const keep = (sources: readonly FunctionSource[]): void => {
      for (const [index, source] of sources.entries()) this.#sources.set(run[index] as PassedFunction, source);
    };
    const sources = startAll(run, (each) => loadFunction(each.reference));
    if (isPromise(sources)) return sources.then(keep);
    keep(sources);
    return undefined;
  }

  readonly make = (passed: PassedFunction, values: readonly unknown[]): Function => {
    if (passed.way !== 'inThread') return this.#calls.passed(passed, this.#to);
    // Cloned anew, a function passed twice in one message is the same object; each payload has its own list.
    const { f, receiver } = (this.#sources.get(passed) as FunctionSource)(values);
    if (receiver === undefined) return f;
    const method = (...args: unknown[]): unknown => Reflect.apply(f, receiver, args);
    return Object.defineProperty(method, 'name', { value: f.name });
  };
}
