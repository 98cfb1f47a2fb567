import { inspect } from 'node:util';
import { Failure } from '../../defer/failure.ts';
import type { CallableErrorCode, FunctionLocation, Refusal } from '../wire/errors/callable-error.ts';
import { functionName } from '../wire/function-name.ts';
import type { Origin } from './scripts/origin.ts';
import { sourceMapUrlOf } from './scripts/scripts.ts';
import { sourcePosition } from './scripts/source-position.ts';

const EXPLICIT = "threadFunction(new URL('./work.js', import.meta.url), 'name')";

// The sentences by which a function is refused: which function, where it is written, why, and the way out.

/** Without this, whoever follows the advice with an instance of a class is refused once more. */
export const WHERE_THERE =
  'where a thread can have the object (a module exports it, the function makes it, or it is plain data)';

export function notAFunction(value: unknown): Refusal {
  const shown = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 40, customInspect: false });
  return {
    code: 'HEDDLE_NOT_A_FUNCTION',
    functionName: '',
    message: `Only a function can run in a thread, and this is ${shown}. Pass the function itself, not its result.`,
  };
}

/** What `notify`, `ask` and `inThread` give is a function, of which the text is Heddle's own. */
export function passed(way: string): Refusal {
  return {
    code: 'HEDDLE_NOT_A_FUNCTION',
    functionName: '',
    message: `What ${way}(fn) gives stands for fn among the arguments of a call, and cannot run in a thread itself. Pass the function itself: fn.`,
  };
}

export function bound(f: Function, origin: Origin): Refusal {
  return refusal('HEDDLE_BOUND', f, origin, [
    'was made by bind(), and what it is bound to exists only in this thread.',
    `Pass a function that makes the call, (value) => object.method(value), ${WHERE_THERE}; or export the bound function from a module of its own.`,
  ]);
}

export function native(f: Function): Refusal {
  return refusal('HEDDLE_NATIVE', f, undefined, [
    "is compiled code or Node's own, and no module gives it under a public name.",
    'Export a function that calls it.',
  ]);
}

export function proxied(): Refusal {
  // The name is not asked for: a Proxy may answer with anything.
  return {
    code: 'HEDDLE_PROXY',
    functionName: '',
    message:
      'The function is a Proxy, whose traps exist only in this thread. ' +
      'Pass the function behind it, or export the Proxy from a module.',
  };
}

export function stillEvaluating(f: Function, origin: Origin): Refusal {
  return refusal('HEDDLE_STILL_EVALUATING', f, origin, [
    'belongs to a module that has not finished its top-level code, perhaps because that code waits for this call.',
    "Call it after the module is loaded, or move the function to a module of its own, which does not import the program's entry.",
  ]);
}

export function moduleFailed(f: Function, origin: Origin, cause: unknown): Refusal {
  const why = new Failure(cause).getErrorMessage();
  return {
    ...refusal('HEDDLE_MODULE_FAILED', f, origin, [`belongs to a module that cannot be imported: ${why}`]),
    cause,
  };
}

export function ambiguousThis(f: Function, origin: Origin, paths: readonly [string, string]): Refusal {
  return refusal('HEDDLE_AMBIGUOUS_THIS', f, origin, [
    `uses 'this', and its module gives it both as ${paths[0]} and as ${paths[1]}: which of the two objects is meant?`,
    'Export a function that calls the one you mean.',
  ]);
}

export function inspectorDenied(f: Function, cause: unknown): Refusal {
  const why = new Failure(cause).getErrorMessage();
  return {
    ...refusal('HEDDLE_INSPECTOR_DENIED', f, undefined, [
      `cannot be traced to its module, because Node's inspector is not available here (${why}).`,
      `Name the function instead: ${EXPLICIT}. Under --permission, --allow-inspector (Node 24 and later) allows it.`,
    ]),
    cause,
  };
}

export function addressedUnclonable(f: Function, cause: Error): Refusal {
  return {
    ...refusal('HEDDLE_CAPTURES_UNCLONABLE', f, undefined, [
      `captures what cannot be copied. ${cause.message}`,
      'Put the parts that are needed into variables of their own.',
    ]),
    cause,
  };
}

function refusal(
  code: CallableErrorCode,
  f: Function,
  origin: Origin | undefined,
  sentences: readonly string[],
): Refusal {
  const name = functionName(f);
  const location = locationOf(origin);
  const who = name === '' ? 'An anonymous function' : name;
  const where = location === undefined ? '' : ` (${location.file}:${location.line}:${location.column})`;
  return { code, functionName: name, location, message: `${who}${where} ${sentences.join(' ')}` };
}

/** Where a function is written, for people. */
export function locationOf(origin: Origin | undefined): FunctionLocation | undefined {
  if (origin?.kind === 'bound') return locationOf(origin.target);
  if (origin?.kind !== 'script' || origin.script.url === '') return undefined;
  const { script, scriptId, line, column } = origin;
  return sourcePosition({ script: script.url, line, column, sourceMapUrl: () => sourceMapUrlOf(scriptId) });
}
