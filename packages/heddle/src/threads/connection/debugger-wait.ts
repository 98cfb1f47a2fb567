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
  let execArgv = [...process.execArgv, '--no-inspect-brk', '--no-inspect-wait'];
  for (;;) {
    try {
      return new Worker(entry, Object.assign(Object.create(null), options, { execArgv }));
    } catch (error) {
      const refused = refusedOptions(error);
      // A word that is no option is the value of the one before.
      const others = execArgv.filter((word, at) => !refused.includes(word.startsWith('-') ? word : execArgv[at - 1]));
      if (others.length === execArgv.length) return new Worker(entry, options);
      execArgv = others;
    }
  }
}

/** A Worker has options of the whole process, such as V8's, and must not be given them. Node names them in its error. */
function refusedOptions(error: unknown): (string | undefined)[] {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
  return message.slice(message.indexOf(': ') + 2).split(', ');
}
