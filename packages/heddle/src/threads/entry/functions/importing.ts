import { types } from 'node:util';
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
  if (!isForHooks(module, cause)) return mend;
  return (
    'where something else than Node finds or compiles modules for the program (ts-node, module-alias, hooks of its own), tell Node ' +
    "of that as it is called (node --import ./hooks.js, or --require), or the pool (execArgv: ['--import', '...']), so that threads " +
    `have it, too. Otherwise ${mend}`
  );
}

const FOR_HOOKS = new Set([
  'ERR_IMPORT_ATTRIBUTE_MISSING',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_ESM_URL_SCHEME',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
]);

/** Whether Node alone can neither find nor read what the program has found and read. */
function isForHooks(module: string, cause: unknown): boolean {
  if (!types.isNativeError(cause)) return false;
  if (cause instanceof SyntaxError) return true;
  const { code, url } = cause as { code?: unknown; url?: unknown };
  if (code === 'MODULE_NOT_FOUND') return !cause.message.startsWith(`Cannot find module '${module}'`);
  // Of a package that is missing, Node does not say the URL.
  if (code === 'ERR_MODULE_NOT_FOUND') return url !== module;
  return typeof code === 'string' && FOR_HOOKS.has(code);
}

/** Whether something was used before its module has got so far. */
function isFromCircle(cause: unknown): boolean {
  return cause instanceof ReferenceError && cause.message.endsWith('before initialization');
}
