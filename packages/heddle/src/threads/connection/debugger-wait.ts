import { Worker, type WorkerOptions } from 'node:worker_threads';
import { nodeOptions } from './node-options.ts';

const WAITS = /^--inspect[-_](?:brk|wait)(?:=|$)/;

/**
 * Makes a thread that does not wait for a debugger because the program was told to: `--inspect-brk` and `--inspect-wait`
 * hold a Worker, too, and for ever where the debugger knows of no threads, as `node inspect` does not. One that knows of them
 * says by itself that they are to wait.
 */
export function makeWorker(entry: URL, options: WorkerOptions): Worker {
  const isTold =
    options.execArgv === undefined && [...process.execArgv, ...nodeOptions()].some((option) => WAITS.test(option));
  if (!isTold) return new Worker(entry, options);
  const unhindered = {
    __proto__: null,
    ...options,
    execArgv: [...process.execArgv, '--no-inspect-brk', '--no-inspect-wait'],
  };
  try {
    return new Worker(entry, unhindered);
  } catch (error) {
    // A Worker inherits options of the whole process, such as V8's, and must not be given them.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    return new Worker(entry, options);
  }
}
