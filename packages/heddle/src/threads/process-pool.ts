import type { Connect } from './connection/connection.ts';
import type { CompletePoolOptions, ThreadPoolOptions } from './options.ts';
import { ProcessConnection } from './connection/process-connection.ts';
import { checkProcessOptions, type ProcessPoolOptions } from './process-options.ts';
import { refuseSingleExecutable } from './connection/single-executable.ts';
import { ThreadPool } from './thread-pool.ts';

/**
 * A {@link ThreadPool} whose functions run in child processes: for native code
 * that may crash, or that nothing but a kill can end.
 *
 * Everything a thread pool promises holds, with what processes can give. One
 * that dies, by a segmentation fault, `abort()`, a signal or its exit, fails the
 * call that it ran with a {@link ThreadExitError}, which tells the signal; the
 * program and the other calls go on. A call that is given up is ended by
 * SIGKILL when its grace is over, whatever it does.
 *
 * Processes share no memory: a SharedArrayBuffer, a port, a stream and the
 * objects of Node's that only threads can hand on (`KeyObject`, `Blob` …) are
 * refused by name, and what `transfer()` marks is copied and then gone here,
 * as with a thread. A process takes some 50 ms to start and some 40 MB; a call
 * takes 30 to 70 microseconds there and back, about three times that of a thread.
 *
 * Idle processes do not keep the program, and none outlives it, with one
 * exception: where the program is killed, a job that computes ends only when it
 * is done.
 *
 * @example
 * ```ts
 * import { ProcessPool, ThreadExitError } from 'heddle/threads';
 *
 * const pool = new ProcessPool({ name: 'fragile', max: 1 });
 * await pool.defer(() => process.kill(process.pid, 'SIGSEGV')).catch((error) => {
 *   if (error instanceof ThreadExitError) console.log(error.signal); // prints SIGSEGV
 * });
 * console.log(await pool.defer(Math.max, 1, 2)); // prints 2
 * await pool.stop();
 * ```
 */
export class ProcessPool extends ThreadPool {
  /** @throws InvalidArgumentError when an option cannot be what it is given as, and in a single executable application */
  constructor(options: ProcessPoolOptions = {}) {
    refuseSingleExecutable();
    super(checkProcessOptions(options));
  }

  protected override connect(name: string, options: CompletePoolOptions): Connect {
    return (listener) => new ProcessConnection(listener, { ...options, name });
  }

  protected override makeOwnThread(options: ThreadPoolOptions): ProcessPool {
    return new ProcessPool(options as ProcessPoolOptions);
  }
}
