import { functionName } from '../../wire/function-name.ts';
import type { LoadableReference } from '../../wire/captured.ts';
import { sourcePosition } from '../scripts/source-position.ts';
import type { Step } from './refusals.ts';
import type { SetUp } from './set-ups.ts';
import { snapshotsOf } from './snapshot-warning.ts';

const WARNING = { type: 'HeddleWarning', code: 'HEDDLE_NOT_SET_UP' };

/**
 * What sets up a variable, or the part of it at the end of a path, that a thread loads anew, without that; undefined where
 * the function does so itself.
 */
export function missingSetUp(
  steps: readonly Step[],
  name: string,
  path: readonly string[],
  reference: LoadableReference,
): SetUp | undefined {
  const { facts, start, text } = (steps.at(-1) as Step).literal;
  const setUp = facts.setUps.of(name, start);
  if (setUp === undefined || !isOfProgram(reference)) return undefined;
  const isWithin = path.length < setUp.path.length && path.every((step, at) => step === setUp.path[at]);
  if (!isWithin) return undefined;
  return text.includes(`${wayTo(setUp)}${setUp.isCall ? '(' : ' = '}`) ? undefined : setUp;
}

/** Says, once for each place in the source, that a thread has as new what the function's module sets up. */
export function warnOfSetUp(steps: readonly Step[], name: string, setUp: SetUp): void {
  const { f, literal } = steps.at(-1) as Step;
  // Nobody wants to call it yet.
  if (snapshotsOf.has((steps[0] as Step).f) || literal.warned.has(name)) return;
  literal.warned.add(name);
  const who = functionName(f) || 'An anonymous function';
  const { file, line, column } = sourcePosition(literal);
  process.emitWarning(
    `${who} (${file}:${line}:${column}) uses ${name}, which its module sets up by ${wayTo(setUp)}${setUp.isCall ? '(...)' : ' = ...'}: ` +
      'each thread loads it anew, without that. Set it up in a module of your own and export it from there, or put what ' +
      'sets it up into a function and call that in initThread as well.',
    WARNING,
  );
}

/** Node's own modules, too, each thread has to itself, but what they are set up for is mostly the loop's own work. */
function isOfProgram(reference: LoadableReference): boolean {
  if (reference.kind === 'import') return !process.getBuiltinModule('node:module').isBuiltin(reference.specifier);
  return reference.kind === 'commonjs' || (reference.kind === 'module' && !reference.url.startsWith('node:'));
}

function wayTo({ name, path }: SetUp): string {
  return [name, ...path].join('.');
}
