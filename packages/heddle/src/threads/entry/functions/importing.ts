import { CallableError } from '../../wire/errors/callable-error.ts';
import { reasonOf } from '../../wire/values/reason-of.ts';
import { isPromise } from '../../wire/is-promise.ts';

/**
 * Loads a module for a function.
 *
 * @param functionName empty for an anonymous function
 * @throws CallableError `HEDDLE_MODULE_FAILED` where that fails (or a promise rejected with it); a refusal to load the
 *   program's entry stays what it is
 */
export function importing<Loaded>(
  functionName: string,
  module: string,
  load: () => Loaded | Promise<Loaded>,
): Loaded | Promise<Loaded> {
  const fail = (cause: unknown): never => {
    throw isRefusedEntry(cause) ? cause : moduleFailed(functionName, module, cause);
  };
  try {
    const loaded = load();
    return isPromise(loaded) ? loaded.catch(fail) : loaded;
  } catch (error) {
    return fail(error);
  }
}

function isRefusedEntry(error: unknown): boolean {
  return error instanceof CallableError && error.code === 'HEDDLE_ENTRY_MODULE';
}

function moduleFailed(functionName: string, module: string, cause: unknown): CallableError {
  return new CallableError({
    code: 'HEDDLE_MODULE_FAILED',
    functionName,
    message:
      `${functionName || 'An anonymous function'} needs ${module}, which cannot be imported in the thread: ` +
      `${reasonOf(cause)}. Each thread imports it anew: ${wayOut(module, cause)}`,
    cause,
  });
}

function wayOut(module: string, cause: unknown): string {
  const mend = 'mend what the module does at its top level, or its address.';
  if (isFromCircle(cause)) {
    return (
      'modules that import one another in a circle run in another order if another one of them is imported first. Import in it ' +
      `what the program imports first, take the function out of the circle, or ${mend}`
    );
  }
  if (!/\.(?:[cm]?tsx?|jsx)(?:[?#]|$)/.test(module)) return mend;
  return (
    'where something else than Node compiles it for the program, tell Node of that (node --require ts-node/register, or as it is ' +
    `called), or the pool (execArgv: ['--require', '...']), so that threads have it, too. Otherwise ${mend}`
  );
}

/** Whether something was used before its module has got so far. */
function isFromCircle(cause: unknown): boolean {
  return cause instanceof ReferenceError && cause.message.endsWith('before initialization');
}
