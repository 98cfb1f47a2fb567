import { Failure } from '../../defer/failure.ts';
import type { ThreadCrash, ThreadEnd } from '../connection/connection.ts';
import { ThreadExitError } from '../errors.ts';
import { CallableError } from '../wire/errors/callable-error.ts';
import { isShortage } from '../connection/shortage.ts';

/**
 * The failure of a call that was running in a thread, or a process, when that ended.
 *
 * @param endedFor another call that it was ended for, where it could run several
 */
export function exitError(
  functionName: string,
  end: ThreadEnd,
  endedFor: { readonly functionName: string } | undefined,
): ThreadExitError {
  const how =
    endedFor === undefined
      ? describe(end)
      : `because ${endedFor.functionName}, which ran in it too, was given up and did not end`;
  return failure(`The ${kindOf(end)} that ran ${functionName} ended ${how} before the call had a result.`, end);
}

/**
 * The failure of a call whose function's module imports the program's entry, where that has ended the thread. Before Node
 * 22.15 it may have run there before it is found: then what it started is refused, perhaps sooner than the call.
 */
export function entryLoadedAgain(functionName: string, { crash }: ThreadEnd): CallableError | undefined {
  const code = codeOf(crash?.error);
  if (code !== 'HEDDLE_ENTRY_MODULE') return undefined;
  return new CallableError({ code, functionName, message: new Failure(crash?.error).getErrorMessage() });
}

/** The failure of a call whose thread, or process, ended before it came to it: nothing that the call does was at fault. */
export function notBegunError(functionName: string, end: ThreadEnd): ThreadExitError {
  const first =
    'What runs there before a call are the modules of --require and --import, and the initThread of the pool.';
  return failure(
    `The ${kindOf(end)} for ${functionName} ended ${describe(end)} before it began the call. ${first}`,
    end,
  );
}

/** The failure of a call for which there is no thread, since the last one ended like this before it did anything. */
export function startError(functionName: string, end: ThreadEnd): ThreadExitError {
  const what = kindOf(end);
  return failure(
    `There is no ${what} for ${functionName}: the last one ended ${describe(end)} before it did anything.`,
    end,
  );
}

/** The failure of a call for which no thread could be made: what the system lacks (EAGAIN, EMFILE) may be there later. */
export function notMadeError(cause: unknown): unknown {
  if (!isShortage(cause)) return cause;
  const message = `The pool could start no thread or process (${cause.message}). It tries again after a pause.`;
  return new ThreadExitError(message, 1, { cause });
}

let hasWarnedOfShortage = false;

/** Something that an earlier job left behind has failed: no call is there to tell. */
export function warnOfCrash(end: ThreadEnd, { error }: ThreadCrash): void {
  const neverStarted = end.neverStarted === true;
  // Of many that could not be started, each would say the same, and calls that have no other thread are told.
  if (neverStarted && hasWarnedOfShortage) return;
  hasWarnedOfShortage ||= neverStarted;
  process.emitWarning(`A ${kindOf(end)} ended ${describe(end)} while it had no call to answer.`, {
    code: 'HEDDLE_THREAD_EXIT',
    detail: new Failure(error).getBriefTraceback(),
  });
}

function failure(message: string, { exitCode, crash, process: itsProcess }: ThreadEnd): ThreadExitError {
  const cause = crash === undefined ? {} : { cause: crash.error };
  const error = new ThreadExitError(message, exitCode, cause, itsProcess?.signal);
  // Until it is read, V8 keeps what the calls were made on: the thread that is gone, and its shared memory.
  Reflect.get(error, 'stack');
  return error;
}

function kindOf(end: ThreadEnd): string {
  return end.process === undefined ? 'thread' : 'process';
}

function describe({ exitCode, crash, neverStarted, process: itsProcess }: ThreadEnd): string {
  if (crash !== undefined) return describeCrash(crash.error, neverStarted);
  if (itsProcess?.reason !== undefined) return itsProcess.reason;
  const signal = itsProcess?.signal;
  if (signal === undefined) return `with exit code ${exitCode}`;
  // V8 has no other way to end a process that has no memory left.
  return signal === 'SIGABRT' ? 'by SIGABRT (abort(), or no memory was left: see its standard error)' : `by ${signal}`;
}

function describeCrash(error: unknown, neverStarted = false): string {
  const reason = new Failure(error).getErrorMessage();
  if (neverStarted) return `because it could not be started (${reason})`;
  if (codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') return 'because it ran out of memory';
  return `by an uncaught error (${reason})`;
}

/** The code of Node's errors, and of Heddle's. What a thread has thrown may be anything, also what a codec has made of it. */
function codeOf(thrown: unknown): unknown {
  try {
    return (thrown as { readonly code?: unknown } | null | undefined)?.code;
  } catch {
    return undefined;
  }
}
