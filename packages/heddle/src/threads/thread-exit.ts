import { inspect } from 'node:util';
import type { ThreadCrash } from './connection.ts';
import { ThreadExitError } from './errors.ts';

/**
 * The failure of a call that was running in a thread when that ended.
 *
 * @param endedFor another call that the thread was ended for, where it could run several
 */
export function exitError(
  functionName: string,
  exitCode: number,
  crash: ThreadCrash | undefined,
  endedFor: { readonly functionName: string } | undefined,
): ThreadExitError {
  let reason = crash === undefined ? `with exit code ${exitCode}` : describeCrash(crash.error);
  if (endedFor !== undefined)
    reason = `because ${endedFor.functionName}, which ran in it too, was given up and did not end`;
  const message = `The thread that ran ${functionName} ended ${reason} before the call had a result.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error });
}

/** Something that an earlier job left behind has failed: no call is there to tell. */
export function warnOfCrash(error: unknown): void {
  process.emitWarning(`A thread ended ${describeCrash(error)} while it had no call to answer.`, {
    code: 'HEDDLE_THREAD_EXIT',
    detail: error instanceof Error ? (error.stack ?? '') : inspect(error),
  });
}

function describeCrash(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'because it ran out of memory';
  return `by an uncaught error (${error instanceof Error ? error.message : inspect(error)})`;
}

/** The failure of a call for which there is no thread, since the last one ended like this before it did anything. */
export function startError(functionName: string, exitCode: number, crash: ThreadCrash | undefined): ThreadExitError {
  const reason = crash === undefined ? `with exit code ${exitCode}` : describeCrash(crash.error);
  const message = `There is no thread for ${functionName}: the last one ended ${reason} before it did anything.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error });
}
