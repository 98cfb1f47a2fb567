import { functionName } from '../function-name.ts';
import { sourcePosition } from '../source-position.ts';
import type { Step } from './refusals.ts';
import type { Variable } from './variables.ts';

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
  if (!usage.mutated && !(atTop && literal.facts.mutated.has(name))) return;
  const noted = snapshotsOf.get((steps[0] as Step).f);
  if (noted !== undefined) {
    noted.add(name);
    return;
  }
  if (literal.warned.has(name)) return;
  literal.warned.add(name);
  const who = functionName(f) || 'An anonymous function';
  const { file, line, column } = sourcePosition(literal);
  process.emitWarning(
    `${who} (${file}:${line}:${column}) uses ${name}, which the program writes into: each call in a thread gets a copy of it as it is ` +
      'at the call, and what the thread writes into the copy is lost. Pass it as an argument and return what has ' +
      'changed; or, if each thread may have its own, export the function from a module that holds it.',
    { type: 'HeddleWarning', code: 'HEDDLE_SNAPSHOT' },
  );
}
