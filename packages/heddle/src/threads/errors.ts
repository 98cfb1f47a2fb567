/**
 * The failure of a call whose thread ended before the call had a result:
 * `process.exit()` in the job, an uncaught error, no memory left. `cause` is
 * the error that ended the thread, where there was one.
 */
export class ThreadExitError extends Error {
  override readonly name: string = 'ThreadExitError';
  readonly code: 'HEDDLE_THREAD_EXIT' = 'HEDDLE_THREAD_EXIT';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The failure of a call to a pool that takes no more work, or whose deadline for stopping has passed. */
export class PoolStoppedError extends Error {
  override readonly name: string = 'PoolStoppedError';
  readonly code: 'HEDDLE_POOL_STOPPED' = 'HEDDLE_POOL_STOPPED';
}

/**
 * The failure of a call whose thread could not be made ready: the pool's `initThread` threw, or its promise was
 * rejected. `cause` is what it failed with.
 */
export class ThreadInitError extends Error {
  override readonly name: string = 'ThreadInitError';
  readonly code: 'HEDDLE_THREAD_INIT' = 'HEDDLE_THREAD_INIT';
}
