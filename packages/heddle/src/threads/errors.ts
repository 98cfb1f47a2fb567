import { inspect } from 'node:util';

/**
 * The failure of a call whose thread, or process, ended before the call had a
 * result: `process.exit()` in the job, an uncaught error, no memory left; for
 * a process a signal, too, such as SIGSEGV of native code. `cause` is the error
 * that ended it, where there was one.
 */
export class ThreadExitError extends Error {
  override readonly name: string = 'ThreadExitError';
  readonly code: 'HEDDLE_THREAD_EXIT' = 'HEDDLE_THREAD_EXIT';
  /** For a process that a signal ended: 128 and the signal's number, as shells count. */
  readonly exitCode: number;
  /** The signal that ended the process, if one did. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(message: string, exitCode: number, options?: ErrorOptions, signal?: NodeJS.Signals) {
    super(message, options);
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** The failure of a call to a pool that takes no more work, or whose deadline for stopping has passed. */
export class PoolStoppedError extends Error {
  override readonly name: string = 'PoolStoppedError';
  readonly code: 'HEDDLE_POOL_STOPPED' = 'HEDDLE_POOL_STOPPED';
}

/**
 * The failure of every call in a bundle that took Heddle in and left behind the file
 * that threads start with, `file`, and of calls for which a new thread is needed after
 * that file has been removed; and of calls of functions that go by their text in
 * a program whose files were gathered without the package `acorn`, by which they are read.
 */
export class ThreadEntryMissingError extends Error {
  override readonly name: string = 'ThreadEntryMissingError';
  readonly code: 'HEDDLE_THREAD_ENTRY_MISSING' = 'HEDDLE_THREAD_ENTRY_MISSING';
  readonly file: string;

  constructor(
    file: string,
    message: string = `There is no ${file}, which Heddle's threads start with: heddle was bundled without it. Keep heddle out of ` +
      "the bundle (Next.js: serverExternalPackages: ['heddle'], esbuild: --external:heddle), or add the plug-in " +
      '@heddle/unplugin to the build.',
  ) {
    super(message);
    this.file = file;
  }
}

/**
 * The failure of a call whose thread could not be made ready: the pool's `initThread` threw, or its promise was
 * rejected. `cause` is what it failed with.
 */
export class ThreadInitError extends Error {
  override readonly name: string = 'ThreadInitError';
  readonly code: 'HEDDLE_THREAD_INIT' = 'HEDDLE_THREAD_INIT';
}

/** The failure of a call that would have to wait where as many wait already as the pool's `maxQueue` allows. */
export class PoolFullError extends Error {
  override readonly name: string = 'PoolFullError';
  readonly code: 'HEDDLE_POOL_FULL' = 'HEDDLE_POOL_FULL';
  /** The bound: how many calls may wait. */
  readonly maxQueue: number;

  constructor(message: string, maxQueue: number) {
    super(message);
    this.maxQueue = maxQueue;
  }
}

/**
 * The failure of calls of a function that keeps ending its threads: as often in a row as the pool's `maxCrashes`
 * allows. `cause` is what the last call failed with that ran. {@link ThreadPool.forgive} lets the pool try it again.
 */
export class TooManyCrashesError extends Error {
  override readonly name: string = 'TooManyCrashesError';
  readonly code: 'HEDDLE_TOO_MANY_CRASHES' = 'HEDDLE_TOO_MANY_CRASHES';
  readonly functionName: string;
  /** How many threads have ended while they ran it. */
  readonly crashes: number;

  constructor(pool: string, functionName: string, crashes: number, last: Error) {
    super(
      `The pool ${inspect(pool)} did not take ${functionName}: the last ${crashes} threads that ran it ended (${last.message}) ` +
        'Mend the function, or its arguments; pool.forgive(f) lets the pool try it again, and maxCrashes allows more.',
      { cause: last },
    );
    this.functionName = functionName;
    this.crashes = crashes;
  }
}
