/** A way to call functions in threads. */
export interface Peer {
  /** Gives a pool of exactly so many threads, which may start later. */
  start(threads: number): Pool | Promise<Pool>;
}

export interface Pool {
  /** A function that has a thread run the function of that name of `threads/functions.mjs`. */
  caller(name: FunctionName): Call;
  /** Moves memory to a thread, and back. A sentence says why there is no way to do so. */
  readonly move: Move | string;
}

export type Call = (argument?: unknown) => PromiseLike<unknown>;
export type Move = (bytes: Uint8Array<ArrayBuffer>) => PromiseLike<unknown>;
export type FunctionName = 'noop' | 'echo' | 'sleep' | 'work';
