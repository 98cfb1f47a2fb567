import type { Deferred } from '../defer/deferred.ts';

/** What the reactor must know of the thread pool it owns. */
export interface ReactorThreadPool {
  /** Runs `f` in a thread for its effect. */
  callInThread(f: Function, ...args: unknown[]): void;
  /** Runs `f` in a thread; `onResult` gets its value, or the Failure, in the reactor's thread. */
  callInThreadWithCallback(
    onResult: (success: boolean, result: unknown) => void,
    f: Function,
    ...args: unknown[]
  ): void;
  adjustPoolSize(limits: { readonly max: number }): void;
  /** The names of the functions that run or wait now. */
  pendingCalls(): string[];
  /** Takes no more calls, finishes those there are, and ends the threads. */
  stop(options: { readonly deadline: number }): Deferred<void>;
}
