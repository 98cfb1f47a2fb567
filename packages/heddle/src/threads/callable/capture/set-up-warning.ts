import { pathToFileURL } from 'node:url';
import { functionName } from '../../wire/function-name.ts';
import type { LoadableReference } from '../../wire/captured.ts';
import { sourcePosition } from '../scripts/source-position.ts';
import type { Step } from './refusals.ts';
import { isForAll, type SetUp, wayTo } from './set-ups.ts';
import { snapshotsOf } from './snapshot-warning.ts';

// None where it has been made a part of the program's bundle.
const ownFolder = /^.*\/heddle\/(?=dist\/)/.exec(import.meta.url)?.[0];

const WARNING = { type: 'HeddleWarning', code: 'HEDDLE_NOT_SET_UP' };

/**
 * What sets up a variable that a thread loads anew, without that; undefined where the function does so itself.
 *
 * @param path to the part of its value that is loaded, in a namespace that a compiler has made: `dayjs_1.default`
 */
export function missingSetUp(
  steps: readonly Step[],
  name: string,
  path: readonly string[],
  reference: LoadableReference,
): SetUp | undefined {
  const { facts, start, text, warned } = (steps.at(-1) as Step).literal;
  const setUp = facts.setUps.of(name, start);
  if (setUp === undefined || warned.has(name) || !isOfProgram(reference)) return undefined;
  if (!isWithin(path, setUp) && !(facts.required.has(name) && isForAll(setUp))) return undefined;
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

/**
 * Node's own modules, too, each thread has to itself, but what they are set up for is mostly the loop's own work; and so it is
 * with the reactor.
 */
function isOfProgram(reference: LoadableReference): boolean {
  if (reference.kind === 'import') {
    const { specifier } = reference;
    return !isOwn(specifier) && !process.getBuiltinModule('node:module').isBuiltin(specifier);
  }
  if (reference.kind === 'module') return !reference.url.startsWith('node:') && !isOwn(reference.url);
  // `require` gives ES modules as well.
  return reference.kind === 'commonjs' && !isOwn(pathToFileURL(reference.file).href);
}

function isOwn(specifier: string): boolean {
  return /^heddle(?:$|\/)/.test(specifier) || (ownFolder !== undefined && specifier.startsWith(ownFolder));
}

/** Whether that changes what is at the path, and does not put it there. */
function isWithin(path: readonly string[], setUp: SetUp): boolean {
  return path.length < setUp.path.length && path.every((step, index) => step === setUp.path[index]);
}
