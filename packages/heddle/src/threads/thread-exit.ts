import { inspect } from 'node:util';
import type { ProcessEnd, ThreadCrash } from './connection.ts';
import { ThreadExitError } from './errors.ts';

/**
 * The failure of a call that was running in a thread, or a process, when that ended.
 *
 * @param endedFor another call that it was ended for, where it could run several
 */
export function exitError(
  functionName: string,
  exitCode: number,
  crash: ThreadCrash | undefined,
  endedFor: { readonly functionName: string } | undefined,
  process?: ProcessEnd,
): ThreadExitError {
  const { signal, reason } = process ?? {};
  let how = crash === undefined ? (reason ?? describeEnd(exitCode, signal)) : describeCrash(crash.error);
  if (endedFor !== undefined)
    how = `because ${endedFor.functionName}, which ran in it too, was given up and did not end`;
  const what = process === undefined ? 'thread' : 'process';
  const message = `The ${what} that ran ${functionName} ended ${how} before the call had a result.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error }, signal);
}

function describeEnd(exitCode: number, signal: NodeJS.Signals | undefined): string {
  if (signal === undefined) return `with exit code ${exitCode}`;
  // V8 has no other way to end a process that has no memory left.
  return signal === 'SIGABRT' ? 'by SIGABRT (abort(), or no memory was left: see its standard error)' : `by ${signal}`;
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
export function startError(
  functionName: string,
  exitCode: number,
  crash: ThreadCrash | undefined,
  process?: ProcessEnd,
): ThreadExitError {
  const { signal, reason } = process ?? {};
  const how = crash === undefined ? (reason ?? describeEnd(exitCode, signal)) : describeCrash(crash.error);
  const what = process === undefined ? 'thread' : 'process';
  const message = `There is no ${what} for ${functionName}: the last one ended ${how} before it did anything.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error }, signal);
}
