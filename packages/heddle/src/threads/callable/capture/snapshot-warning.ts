import { functionName } from '../../wire/function-name.ts';
import { sourcePosition } from '../scripts/source-position.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { knownNamespace } from '../modules/loaded-import.ts';
import type { Literal } from './literal.ts';
import { isBuiltIn } from './mutators.ts';
import type { Step } from './refusals.ts';
import type { Variable } from './variables.ts';

const WARNING = { type: 'HeddleWarning', code: 'HEDDLE_SNAPSHOT' };

/** Functions that nobody wants to call yet: the names of what would be warned of are noted here instead. */
export const snapshotsOf: WeakMap<Function, Set<string>> = new WeakMap();

/**
 * Says, once for each place in the source, that a function works on a copy of an object that the
 * program writes into: the thread sees it as it is at the call, and what it writes there is lost.
 */
export function warnOfSnapshot(steps: readonly Step[], { usage, value, atTop }: Variable): void {
  if (typeof value !== 'object' || value === null) return;
  const { f, literal } = steps.at(-1) as Step;
  const { name } = usage;
  const isWrittenInto = usage.mutated || usage.mutators.some((path) => isBuiltIn(value, path));
  const { facts, start } = literal;
  if (!isWrittenInto && !(atTop && facts.isWrittenLater(name, start, value, () => isLoaded(literal)))) return;
  if (!isNews(steps, name)) return;
  const who = functionName(f) || 'An anonymous function';
  const { file, line, column } = sourcePosition(literal);
  process.emitWarning(
    `${who} (${file}:${line}:${column}) uses ${name}, which the program writes into: each call in a thread gets a copy of it as it is ` +
      'at the call, and what the thread writes into the copy is lost. Pass it as an argument and return what has ' +
      'changed; or, if each thread may have its own, export the function from a module that holds it.',
    WARNING,
  );
}

/** Says the same of a class with static values that the program writes into: the thread has those that its text gives. */
export function warnOfStaticValues(steps: readonly Step[], calledAs: string): void {
  const { f, literal } = steps.at(-1) as Step;
  const name = functionName(f);
  const { facts, start } = literal;
  // A class that names itself has two names in what esbuild makes of it.
  const isWrittenInto = facts.isWrittenInto(name, start, f) || facts.isWrittenInto(calledAs, start, f);
  if (literal.members?.hasStaticValues !== true || !isWrittenInto || !isNews(steps, name)) return;
  const { file, line, column } = sourcePosition(literal);
  process.emitWarning(
    `${name} (${file}:${line}:${column}) has static values, and the program writes into it: each thread makes the class anew with ` +
      'the values that its text gives them, and what the thread writes there is lost. Pass what is needed of them as an ' +
      'argument and return what has changed; or, if each thread may have its own, export the class from a module.',
    WARNING,
  );
}

/** Whether all that stands at the top of a function's module has run. Of the program's entry, an ES module, nobody can tell. */
function isLoaded({ script, isModule }: Literal): boolean {
  return isModule ? knownNamespace(script) !== undefined : commonJsCache()[script]?.loaded === true;
}

/** Whether nobody has been told yet of what goes by this name in the last of the functions. */
function isNews(steps: readonly Step[], name: string): boolean {
  const noted = snapshotsOf.get((steps[0] as Step).f);
  if (noted !== undefined) {
    noted.add(name);
    return false;
  }
  const { warned } = (steps.at(-1) as Step).literal;
  if (warned.has(name)) return false;
  warned.add(name);
  return true;
}
