import { isAbsolute, resolve, sep } from 'node:path';
import { inspect } from 'node:util';
import { checkDuration, checkOptions, type OptionChecks } from './check-options.ts';
import { type ScheduledCall, systemTime, type TimeSource } from './clock.ts';
import { Deferred } from './deferred.ts';
import { InvalidArgumentError, TimeoutError } from './errors.ts';
import { makeLockFile, removeLockFile } from './lock-file.ts';
import { NotAcquiredError } from './not-acquired-error.ts';
import { fail, succeed } from './succeed.ts';

/** How a {@link DeferredFilesystemLock} waits. */
export interface FilesystemLockOptions {
  /** What counts the time; Node's timers by default. */
  readonly clock?: TimeSource | undefined;
  /** Milliseconds between two attempts. Default 1000. */
  readonly interval?: number | undefined;
}

/** How long {@link DeferredFilesystemLock.deferUntilLocked} waits. */
export interface LockWaitOptions {
  /** Milliseconds; default Infinity. */
  readonly timeout?: number | undefined;
}

/** The failure of `deferUntilLocked()` while an earlier one of the same lock waits. */
export class AlreadyTryingToLockError extends Error {
  override readonly name: string = 'AlreadyTryingToLockError';
  readonly code: 'HEDDLE_ALREADY_TRYING_TO_LOCK' = 'HEDDLE_ALREADY_TRYING_TO_LOCK';
}

/**
 * A lock between processes of one machine, by a file: for what only one
 * process may do at a time, such as a nightly job, or the only writer of a
 * folder.
 *
 * The file is a symbolic link whose target names the process that holds the
 * lock; a plain file that names it where there are no such links, as for most
 * users of Windows. A lock of a process that has died, whatever way it died, is
 * recognised and replaced. Processes must see each other: not over a network
 * file system, and not from one container to another.
 *
 * After Twisted's `twisted.internet.defer.DeferredFilesystemLock`.
 *
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { DeferredFilesystemLock } from 'heddle/defer';
 *
 * const lock = new DeferredFilesystemLock(join(tmpdir(), `nightly-${process.pid}.lock`));
 * await lock.deferUntilLocked({ timeout: 60_000 });
 * console.log('the only one'); // prints the only one
 * lock.unlock();
 * ```
 */
export class DeferredFilesystemLock {
  /** The path of the lock file. */
  readonly path: string;
  /** The same file, whatever folder the program goes to meanwhile. */
  readonly #file: string;
  readonly #clock: TimeSource;
  readonly #interval: number;
  #locked = false;
  #clean = true;
  #waits = false;

  /**
   * @param path where the lock file is; a relative one is meant from the folder that the program is in now
   * @throws InvalidArgumentError when the path is none, or for an option
   */
  constructor(path: string, options: FilesystemLockOptions = {}) {
    if (typeof path !== 'string' || path === '' || path.includes('\0')) {
      throw new InvalidArgumentError(
        `The path of a lock file must be a text without null bytes, not ${inspect(path, { depth: 0 })}.`,
      );
    }
    const { clock = systemTime, interval = 1_000 } = checkOptions(options, checks, 'DeferredFilesystemLock');
    this.path = path;
    this.#file = fromAnywhere(path);
    this.#clock = clock;
    this.#interval = interval;
  }

  /** Whether this object holds the lock. */
  get locked(): boolean {
    return this.#locked;
  }

  /** False when the holder before has died without unlocking: what it guarded may be half done. */
  get clean(): boolean {
    return this.#clean;
  }

  /**
   * Takes the lock if no living process has it, without waiting.
   *
   * @returns whether this object has it now; false as well when it had it before
   * @throws InvalidArgumentError when there is something at its path that is no lock; what the file system says, other
   *   than that the file is there
   */
  lock(): boolean {
    const attempt = makeLockFile(this.#file);
    if (attempt === 'held') return false;
    this.#locked = true;
    this.#clean = attempt === 'made';
    return true;
  }

  /**
   * Gives the lock back.
   *
   * @throws NotAcquiredError when this object does not hold it, or somebody has removed its file; what the file system says,
   *   in which case the lock is still held
   */
  unlock(): void {
    if (!this.#locked) throw new NotAcquiredError(`The lock ${this.path} is not held, so it cannot be unlocked.`);
    // Where the system refuses that, it is still held, and can be unlocked later.
    const wasThere = removeLockFile(this.#file);
    this.#locked = false;
    if (!wasThere) {
      throw new NotAcquiredError(`The lock ${this.path} was held, but its file was removed or replaced by others.`);
    }
  }

  /** Unlocks it, if it is held. */
  [Symbol.dispose](): void {
    if (this.#locked) this.unlock();
  }

  /**
   * Takes the lock as soon as it can be had: now, or in one of the attempts
   * that are made at an interval.
   *
   * @returns fires when this object has the lock; fails with a TimeoutError when there is none to be had in time, after
   *   a last attempt; with AlreadyTryingToLockError while an earlier call waits. Cancelling it gives up.
   */
  deferUntilLocked(options: LockWaitOptions = {}): Deferred<void> {
    if (this.#waits) {
      return fail(new AlreadyTryingToLockError(`The lock ${this.path} is waited for already; wait for that call.`));
    }
    const { timeout = Number.POSITIVE_INFINITY } = checkOptions(options, waitChecks, 'deferUntilLocked');
    try {
      return this.lock() ? succeed() : this.#wait(timeout);
    } catch (error) {
      return fail(error);
    }
  }

  #wait(timeout: number): Deferred<void> {
    this.#waits = true;
    let next: ScheduledCall | undefined;
    let end: ScheduledCall | undefined;
    const stopWaiting = (): void => {
      this.#waits = false;
      for (const call of [next, end]) if (call?.active()) call.cancel();
    };
    const locked = new Deferred<void>(stopWaiting);
    const attempt = (otherwise: () => void): void => {
      // Somebody has fired it, who wants the lock no more: nobody would unlock it.
      if (locked.called) return stopWaiting();
      try {
        if (!this.lock()) return otherwise();
        stopWaiting();
        locked.callback();
      } catch (error) {
        stopWaiting();
        locked.errback(error);
      }
    };
    const again = (): void => {
      next = this.#clock.callLater(this.#interval, () => attempt(again));
    };
    again();
    if (timeout < Number.POSITIVE_INFINITY) {
      end = this.#clock.callLater(timeout, () =>
        attempt(() => {
          stopWaiting();
          locked.errback(
            new TimeoutError(timeout, 'total', `The lock ${this.path} was not to be had in ${timeout} ms.`),
          );
        }),
      );
    }
    return locked;
  }
}

/** On Windows each drive has a folder of its own; elsewhere `..` behind a symbolic link leads to where the system says. */
function fromAnywhere(path: string): string {
  if (process.platform === 'win32') return resolve(path);
  return isAbsolute(path) ? path : `${process.cwd()}${sep}${path}`;
}

const checks: OptionChecks<FilesystemLockOptions> = {
  clock: (value) =>
    typeof (value as { callLater?: unknown } | null)?.callLater === 'function'
      ? undefined
      : 'an object with a method callLater()',
  interval: (value) => (value === 0 ? 'more than 0 milliseconds' : checkDuration(value)),
};

const waitChecks: OptionChecks<LockWaitOptions> = { timeout: checkDuration };
