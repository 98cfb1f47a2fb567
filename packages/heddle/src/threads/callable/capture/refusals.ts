import { types } from 'node:util';
import { CallableError, type CallableErrorCode, type Refusal } from '../../wire/errors/callable-error.ts';
import type { Accessor } from '../../wire/captured.ts';
import type { CodecError } from '../../wire/errors/codec-error.ts';
import {
  encodeFailed as encodeFailedAt,
  nameOf,
  type Obstacle as ObstacleInValue,
} from '../../wire/values/obstacle.ts';
import { isHandle } from '../../wire/values/handle.ts';
import { isGone } from '../../wire/values/pack.ts';
import { functionName } from '../../wire/function-name.ts';
import { dataProperty } from '../members.ts';
import { packageName } from '../modules/package-name.ts';
import { WHERE_THERE } from '../refusals.ts';
import { sourcePosition } from '../scripts/source-position.ts';
import type { Obstacle } from './free-variables.ts';
import type { Literal } from './literal.ts';
import { reasonOf } from '../../wire/values/reason-of.ts';
import { bundledPackage, isPartOfBundle } from './part-of-bundle.ts';
import { sharedSymbol } from './shared-symbols.ts';

/** A function on the way from the one that was to be deferred to the one with the obstacle. */
export interface Step {
  readonly f: Function;
  readonly literal: Literal;
  /** What it is to the property that it goes to the thread with, where it is not its value. */
  readonly accessor?: Accessor | undefined;
}

// The sentences by which a captured function is refused: which function, where it is written, the way to what
// stands between it and the thread, and the way out.

export function textObstacle(steps: readonly Step[], { kind, name, offset }: Obstacle): CallableError {
  const at = placeIn(steps, offset);
  switch (kind) {
    case 'this':
    case 'super':
    case 'arguments':
    case 'new.target':
      return refusal('HEDDLE_CAPTURES_THIS', steps, `uses the '${name}' of its surroundings (${at})`, [
        kind === 'arguments'
          ? 'Take the values as parameters, or put them into a variable first.'
          : `Put what is needed of it into a variable first, and use that: const value = ${exampleOf(kind)};`,
      ]);
    case 'private':
      return refusal('HEDDLE_CAPTURES_PRIVATE', steps, `uses the private member ${name} (${at})`, [
        'Put its value into a variable first, and use that.',
      ]);
    case 'eval':
    case 'with':
      return refusal('HEDDLE_USES_EVAL', steps, `uses '${name}' (${at}), so its variables only show when it runs`, [
        'Export it from a module of its own.',
      ]);
    case 'import.meta':
      return refusal('HEDDLE_IMPORT_META', steps, `uses import.meta (${at}), which belongs to its module`, [
        'Put what is needed of it into a variable first, and use that: const here = import.meta.url;',
      ]);
  }
}

export function ownThis(steps: readonly Step[], offset: number): CallableError {
  // What is made from a text is a method of nothing, such as a template.
  const maker = compilerOf(steps);
  return refusalSaying(
    'HEDDLE_CAPTURES_THIS',
    steps,
    `uses 'this' (${placeIn(steps, offset)}), and is passed without it`,
    [
      maker === undefined
        ? `Pass a function that calls it on its object, () => object.method(), ${WHERE_THERE}; or what it needs as an argument.`
        : madeThere(maker),
    ],
  );
}

export function assigns(steps: readonly Step[], name: string, offset: number): CallableError {
  return refusal(
    'HEDDLE_ASSIGNS_CAPTURED',
    steps,
    `assigns to ${name} (${placeIn(steps, offset)}), a variable outside of it: in a thread it has a copy, and the change would be lost`,
    [
      'Return the new value, and assign it where the result arrives; or, where each thread may have its own, export the ' +
        'function from a module of its own.',
    ],
  );
}

export function deadZone(steps: readonly Step[], name: string): CallableError {
  return refusal('HEDDLE_DEAD_ZONE', steps, `captures ${name}, which is not initialised yet`, [
    `Move the call below the declaration of ${name}.`,
  ]);
}

export function forgottenKey(steps: readonly Step[], name: string): CallableError {
  return refusal(
    'HEDDLE_UNREADABLE_SOURCE',
    steps,
    `has a member whose name was computed from ${name}, which is kept nowhere`,
    ['Write the name as it is, or export the class from a module of its own.'],
  );
}

export function changedKey(steps: readonly Step[], name: string, has: 'has' | 'may have'): CallableError {
  return refusal(
    'HEDDLE_UNREADABLE_SOURCE',
    steps,
    `has a member whose name was computed from ${name}, which ${has} changed since`,
    ['Write the name as it is, compute it from a variable that stays, or export the class from a module of its own.'],
  );
}

export function expressionName(steps: readonly Step[], name: string): CallableError {
  return refusal(
    'HEDDLE_UNREADABLE_SOURCE',
    steps,
    `uses ${name}, the name of a function expression around it, whose value V8 shows to nobody`,
    [`Put it into a variable of that function, and use that: const itself = ${name};`],
  );
}

export function accessor(steps: readonly Step[]): CallableError {
  return refusal('HEDDLE_ACCESSOR', steps, 'is a getter or setter, which needs the object it belongs to', [
    'Pass a function that takes the object, or its values, as an argument.',
  ]);
}

export function privateMethod(steps: readonly Step[]): CallableError {
  return refusal('HEDDLE_CAPTURES_PRIVATE', steps, 'is a private method, which needs an instance of its class', [
    'Write it as a function.',
  ]);
}

export function importWithoutFile(steps: readonly Step[]): CallableError {
  return refusalSaying('HEDDLE_DYNAMIC_IMPORT', steps, 'uses import() in code that comes from no file', [
    'Write it in a file.',
  ]);
}

export function importByVite(steps: readonly Step[]): CallableError {
  return refusal('HEDDLE_DYNAMIC_IMPORT', steps, 'uses import(), which Vite has replaced by a function of its own', [
    'Import the module at the top of the file, or export the function from a package, which Vite leaves as it is.',
  ]);
}

export function functionState(steps: readonly Step[], names: readonly string[]): CallableError {
  const { f, literal } = steps.at(-1) as Step;
  const isClass = literal.members !== undefined;
  if (dataProperty(f, Symbol.toStringTag) === 'Module') return bundlersNamespace(steps);
  return refusal(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    `has properties of its own (${listOf(names)}), which its text does not hold`,
    [
      isClass
        ? 'Export it from a module of its own; or, where a compiler has put static fields beside the class, give it the target ES2022.'
        : 'Export it from a module of its own, or write a function without them.',
    ],
  );
}

/** What Turbopack puts in the place of a CommonJS module that it has taken in and whose exports are a function. */
function bundlersNamespace(steps: readonly Step[]): CallableError {
  return refusalSaying(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    'stands for a CommonJS module that is a part of the bundle',
    ["Keep the package out of that (Next.js: serverExternalPackages: ['package'])."],
  );
}

export function lostMembers(steps: readonly Step[], names: readonly string[]): CallableError {
  return refusal(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    `has lost members (${listOf(names)}), which its text still holds`,
    ['Export it from a module of its own, or leave them out of its text.'],
  );
}

export function decorators(steps: readonly Step[]): CallableError {
  return refusal(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    'has decorators that a compiler has put beside it: its text does not hold them',
    ['Export it from a module of its own.'],
  );
}

/** It calls a function of another thread, which that has passed here. */
export function received(steps: readonly Step[], name: string, way: 'notify' | 'ask'): CallableError {
  return refusalSaying(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    `captures ${name}, which has been passed to this thread by ${way}`,
    [`Pass it on in the same way, and capture that: const passed = ${way}(${name});`],
  );
}

/** `name` and `path`, steps as they are written (`.a`, `[0]`), lead from the function's variable to the value. */
export function unsendable(
  steps: readonly Step[],
  name: string,
  path: readonly string[],
  value: unknown,
): CallableError {
  const what = withArticle(nameOf(value));
  const holds = path.length === 0 ? `, ${what}` : `, which holds ${pathText(path)}, ${what}`;
  const [code, mend] = kindOfUnsendable(value);
  return refusal(code, steps, `captures ${name}${holds}`, [mend]);
}

/** What stands in the way is the codec of an instance, and not that the function captures it. */
export function encodeFailed(
  steps: readonly Step[],
  name: string,
  path: readonly string[],
  obstacle: ObstacleInValue,
): CodecError {
  return encodeFailedAt(obstacle, `${nameAndPlace(steps[0] as Step)} captures ${name}${path.join('')}`);
}

/** Its own code, such as a getter, throws while its parts are read, or it has too many levels. */
export function notReadable(steps: readonly Step[], name: string, cause: unknown): CallableError {
  return refusal(
    'HEDDLE_CAPTURES_UNCLONABLE',
    steps,
    `captures ${name}, which cannot be read (${reasonOf(cause)})`,
    ['Capture the values that are needed of it instead.'],
    cause,
  );
}

/** A function that the captured one uses is refused itself. */
export function usesRefused(steps: readonly Step[], name: string, error: CallableError): CallableError {
  const { code, message } = error;
  return refusalSaying(code, steps, `captures ${name}, which cannot run in a thread either`, [message], error);
}

export function unreadable(f: Function, location: Refusal['location'], cause: unknown): Refusal {
  const where = location === undefined ? '' : ` (${location.file}:${location.line}:${location.column})`;
  const why = reasonOf(cause);
  return {
    code: 'HEDDLE_UNREADABLE_SOURCE',
    functionName: functionName(f),
    location,
    message:
      `${functionName(f) || 'An anonymous function'}${where} is not exported, and its text cannot be read (${why}). ` +
      'Export it from a module of its own.',
    cause,
  };
}

export function noCodeGeneration(f: Function, location: Refusal['location']): Refusal {
  const where = location === undefined ? '' : ` (${location.file}:${location.line}:${location.column})`;
  return {
    code: 'HEDDLE_CODE_GENERATION',
    functionName: functionName(f),
    location,
    message:
      `${functionName(f) || 'An anonymous function'}${where} is not exported, so a thread would have to compile its ` +
      'text, which --disallow-code-generation-from-strings forbids. Export it from a module other than the entry.',
  };
}

function refusal(
  code: CallableErrorCode,
  steps: readonly Step[],
  what: string,
  mends: readonly string[],
  cause?: unknown,
): CallableError {
  const packaged = packageAround(steps);
  const maker = packaged === undefined ? compilerOf(steps) : `by the package ${packaged}`;
  return refusalSaying(code, steps, what, maker === undefined ? mends : [madeThere(maker)], cause);
}

/** How the last function came about where it has no file: packages make templates and validators so. */
function compilerOf(steps: readonly Step[]): string | undefined {
  const { script, sourceUrl, sourceMapUrl } = (steps.at(-1) as Step).literal;
  return script === '' && sourceUrl === undefined && sourceMapUrl() === ''
    ? 'from a text, by new Function or eval'
    : undefined;
}

/** A refusal with these ways out, whoever has written the function: what is wrong is how it is used. */
function refusalSaying(
  code: CallableErrorCode,
  steps: readonly Step[],
  what: string,
  mends: readonly string[],
  cause?: unknown,
): CallableError {
  const [first, ...others] = steps as [Step, ...Step[]];
  const way = others.map((step) => `uses ${nameAndPlace(step)}, which `).join('');
  const { literal } = steps.at(-1) as Step;
  const bundled = bundledPackage(literal);
  const ways =
    bundled === undefined ? [...mends, ...keptOut(mends, literal), ...recompiled(literal)] : [keepOut(bundled)];
  const message = `${nameAndPlace(first)} ${way}${what}. ${ways.join(' ')}`;
  const name = functionName(first.f);
  const told: Refusal = { code, functionName: name, location: sourcePosition(first.literal), message };
  return new CallableError(cause === undefined ? told : { ...told, cause });
}

/** The package that the last function is written in, if the first one is not a part of it as well. */
function packageAround(steps: readonly Step[]): string | undefined {
  const [first, ...others] = steps as [Step, ...Step[]];
  const name = packageName((steps.at(-1) as Step).literal.script);
  return others.length > 0 && name === packageName(first.literal.script) ? undefined : name;
}

// Nobody writes it anew there. What a package gives to a module that a thread loads is that thread's own.
function madeThere(how: string): string {
  return (
    `It was made ${how}: make it within the function that is deferred; or export what holds it from a ` +
    'module of your own, so that each thread makes another one, and call it there in a function of yours.'
  );
}

// Nobody writes a package anew, and outside of the bundle threads import it.
function keepOut(name: string): string {
  return `It is a part of the bundle: keep the package ${name} out of that (Next.js: serverExternalPackages: ['${name}'], esbuild: --external:${name}).`;
}

function keptOut(mends: readonly string[], literal: Literal): string[] {
  if (!mends.some((mend) => mend.includes('module of its own')) || !isPartOfBundle(literal)) return [];
  // An instance is made by the program, whatever package its class is of.
  const what = mends.includes(INSTANCE) ? 'That module' : 'That module, or the package that this is a part of,';
  return [
    `${what} has to stay out of the bundle, or of what a development server or test runner has made of the file: no ` +
      'thread can import a part of that.',
  ];
}

/** What was one function for who wrote it may be several to a compiler, with a state that they share. */
function recompiled({ script, facts }: Literal): string[] {
  if (facts.lowering === undefined || packageName(script) !== undefined) return [];
  return [
    `What stands in the way may be a compiler's doing, which has made older JavaScript of the file than Node needs (by ${facts.lowering}): ` +
      'compile it for the version of Node that it runs on.',
  ];
}

function nameAndPlace({ f, literal }: Step): string {
  const { file, line, column } = sourcePosition(literal);
  return `${functionName(f) || 'An anonymous function'} (${file}:${line}:${column})`;
}

/** The line of an offset into the text of the last step's function. */
function placeIn(steps: readonly Step[], offset: number): string {
  const { literal } = steps.at(-1) as Step;
  const before = literal.text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  const line = literal.line + before.length - 1;
  const column = (before.at(-1) as string).length + (before.length === 1 ? literal.column : 0);
  return `line ${sourcePosition({ ...literal, line, column }).line}`;
}

const MOST_NAMES = 8;

function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 1 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

function exampleOf(kind: 'this' | 'super' | 'new.target'): string {
  if (kind === 'new.target') return 'new.target.name';
  return kind === 'this' ? 'this.value' : 'super.value';
}

function pathText(path: readonly string[]): string {
  const text = path.join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

function withArticle(kind: string): string {
  if (kind === 'process.env') return kind;
  if (/^(?:an? |function |Symbol\()/.test(kind)) return kind;
  return `${/^(?!Uint|URL)[AEIOU]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}

const INSTANCE =
  'Make it within the function, capture the values that are needed of it instead (const value = it.value;), export it from a ' +
  'module of its own, which gives each thread another one, or tell how to copy it: registerCodec.';

function kindOfUnsendable(value: unknown): [CallableErrorCode, string] {
  if (typeof value === 'symbol') {
    return [
      'HEDDLE_CAPTURES_UNCLONABLE',
      sharedSymbol(value) === undefined
        ? 'It is another one in each thread: use a string, or Symbol.for(key), which is the same in all of them.'
        : 'It gets into a thread by itself, or in plain objects and arrays: capture it so, or use a string.',
    ];
  }
  if (typeof value === 'function' || types.isProxy(value)) {
    return ['HEDDLE_CAPTURES_UNCLONABLE', 'Capture the values that are needed of it instead.'];
  }
  if (types.isArgumentsObject(value)) {
    return ['HEDDLE_CAPTURES_UNCLONABLE', 'Capture an array of them instead: const args = [...arguments];'];
  }
  if (value === process.env) {
    return [
      'HEDDLE_CAPTURES_UNCLONABLE',
      'Write process.env in the function, or capture a copy: const env = { ...process.env };',
    ];
  }
  if (isGone(value as object)) {
    return [
      'HEDDLE_CAPTURES_UNCLONABLE',
      'Its memory has been moved to another thread: capture a copy that was made before.',
    ];
  }
  if (isHandle(value as object)) {
    return [
      'HEDDLE_CAPTURES_HANDLE',
      'It works in this thread only: let the function have the data, or open its own, which bindToThread keeps for later calls.',
    ];
  }
  return types.isWeakMap(value) || types.isWeakSet(value) || types.isPromise(value) || types.isGeneratorObject(value)
    ? ['HEDDLE_CAPTURES_UNCLONABLE', 'It cannot be copied: capture the values that are needed of it instead.']
    : ['HEDDLE_CAPTURES_INSTANCE', INSTANCE];
}
