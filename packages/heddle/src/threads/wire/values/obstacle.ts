import { inspect, types } from 'node:util';
import { functionName } from '../function-name.ts';
import { codecOf } from './codec.ts';
import type { CodecError } from '../errors/codec-error.ts';
import { codecFailed } from './decode.ts';
import { isHandle } from './handle.ts';
import { isArguments, isNamespace } from './plain.ts';
import { memoryOf } from './platform-objects.ts';
import { UnclonableError } from '../errors/unclonable-error.ts';

/** A value that cannot be sent, and the keys that lead to it, the innermost first. */
export interface Obstacle {
  readonly value: unknown;
  readonly path: string[];
  /** Why it cannot be moved, where it was to be. */
  readonly notMoved?: string;
  /** What its codec threw, where it has one. */
  readonly thrown?: unknown;
  readonly isTooDeep?: true;
  /** Whether its memory has been moved to another thread. */
  readonly isGone?: true;
  /** Whether it is where functions may be passed: only from the reactor's thread, and to a job. */
  readonly mayPass?: true;
}

/** A key as it is written after what it is a key of: `.name`, `[0]`, `['a b']`. */
export function stepTo(key: string): string {
  if (/^(?:0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${inspect(key)}]`;
}

/** The same obstacle, one step further out. */
export function within(obstacle: Obstacle, step: string): Obstacle {
  obstacle.path.push(step);
  return obstacle;
}

/** What kind of thing a value is, in a word or two. */
export function nameOf(value: unknown): string {
  if (types.isProxy(value)) return 'a Proxy';
  if (typeof value === 'function') return `function ${functionName(value) || '(anonymous)'}`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return inspect(value);
  if (types.isGeneratorObject(value)) return 'a generator';
  if (isArguments(value)) return 'an arguments object';
  if (isNamespace(value)) return String((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]);
  if (value === process.env) return 'process.env';
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  if (prototype === null) return 'object';
  const name = nameOfClass(prototype);
  // A prototype that was assigned as a whole has the constructor of any object.
  const isNamed = name !== '' && (name !== 'Object' || Object.getPrototypeOf(prototype) === null);
  return isNamed ? name : 'an object with a prototype of its own';
}

function nameOfClass(prototype: { readonly constructor?: unknown }): string {
  try {
    const { constructor } = prototype;
    return typeof constructor === 'function' ? functionName(constructor) : '';
  } catch {
    // It is a getter of the program's own.
    return '';
  }
}

/** The error that says what cannot be sent, and where it is. */
export function refusal(obstacle: Obstacle, root: string): UnclonableError | CodecError {
  if (obstacle.isTooDeep === true) {
    return new UnclonableError(
      `${root}: what is more than ${obstacle.path.length} levels deep cannot be sent to another thread. Send it flat.`,
    );
  }
  const path = root + obstacle.path.reverse().join('');
  if ('thrown' in obstacle) return encodeFailed(obstacle, path);
  if (obstacle.notMoved !== undefined) {
    return new UnclonableError(
      `${path}: ${nameOf(obstacle.value)} cannot be moved to another thread. ${obstacle.notMoved}`,
    );
  }
  const way = obstacle.isGone === true ? GONE : wayOut(obstacle.value, obstacle.mayPass === true);
  return new UnclonableError(`${path}: ${nameOf(obstacle.value)} cannot be sent to another thread. ${way}`);
}

/** The error for an instance whose codec threw, at `path`. */
export function encodeFailed({ value, thrown }: Obstacle, path: string): CodecError {
  return codecFailed(codecOf(value as object).address.name, 'encode', thrown, `${path}: `);
}

const WRAP =
  'Functions stay in the thread that made them: wrap it in notify(fn) or ask(fn), to be called here from there, ' +
  'or in inThread(fn), to run there.';
// Of no use here is what notify(fn), ask(fn) and inThread(fn) give either.
const STAYS =
  'Functions stay in the thread that made them: call it there, and send what it gives. What a thread is to keep ' +
  'for later calls, such as a compiled template, stays there with bindToThread.';
const AS_ARRAY = 'It gives its items where it was made: send an array of them.';
const ONE_BY_ONE = 'It gives its items where it was made: get them one by one with iterateInThread.';
const PLAIN =
  'Only plain data and the built-in types can be copied: send the values that are needed, or registerCodec for the class.';
// Whether it is open, or only has a method of such a name, nobody can tell.
const OPEN =
  'Send the data that is needed of it. What is open works only in the thread that opened it: have one opened there, ' +
  'which bindToThread keeps for later calls. A class that is only data can have a codec: registerCodec.';
const GONE = 'Its memory has been moved to another one: send a copy, or send it first.';

const MESSAGE =
  'Send what is needed of it: its url, [...headers] of its headers, and as its body what arrayBuffer() gives, awaited.';

const MOVE = 'It can be in one thread only: give it away with transfer(it).';

/**
 * What Node's classes are sent as that are not always loaded: to ask for one of those of `fetch` loads them all, which a
 * name alone does not.
 */
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ['Request', MESSAGE],
  ['Response', MESSAGE],
  ['Headers', 'Send its entries, [...headers], to make it anew there.'],
  ['FormData', 'Send its entries, [...form], to append them to one there.'],
  ['MessagePort', MOVE],
  ['ReadableStream', MOVE],
  ['WritableStream', MOVE],
  ['TransformStream', MOVE],
]);

function wayOutByName(value: unknown, prototype: object | null): string | undefined {
  const name = nameOf(value);
  const way = BY_NAME.get(name);
  if (way === undefined) return undefined;
  const own = Reflect.get(globalThis, name) as { readonly prototype?: unknown } | undefined;
  return own?.prototype === prototype ? way : undefined;
}

function wayOut(value: unknown, mayPass: boolean): string {
  if (typeof value === 'function') return mayPass ? WRAP : STAYS;
  if (typeof value === 'symbol') return 'Symbols are not copied: send a string.';
  if (value === process.env) return 'Send a copy of it: { ...process.env }.';
  // Not `value.then`, nor `instanceof`: the value's own code may throw anything.
  const prototype = types.isProxy(value) ? null : (Object.getPrototypeOf(value) as object | null);
  if (types.isPromise(value) || typeof Object.getOwnPropertyDescriptor(prototype ?? {}, 'then')?.value === 'function')
    return 'It is still awaited: await it, and send what it gives.';
  if (prototype === URL.prototype)
    return 'Send its text, url.href, to make it anew there; or fileURLToPath(url) where a path is taken as well.';
  if (prototype === URLSearchParams.prototype) return 'Send its text, params.toString(), to make it anew there.';
  if (prototype === AbortSignal.prototype)
    return 'Give it to the call, as in deferToThread.with({ signal })(f), and ask signal() of heddle/thread for it there.';
  if (typeof value === 'object' && value !== null && !types.isProxy(value) && isNamespace(value))
    return 'Each thread has its own: use it there by its name.';
  if (types.isArgumentsObject(value)) return 'Send an array of them: [...arguments].';
  if (types.isGeneratorObject(value)) return mayPass ? AS_ARRAY : ONE_BY_ONE;
  if (typeof value === 'object' && value !== null && !types.isProxy(value) && memoryOf(value) !== undefined)
    return 'WebAssembly shares only what was made to be shared: make it with shared: true, or send a copy of its bytes.';
  const byName = wayOutByName(value, prototype);
  if (byName !== undefined) return byName;
  return prototype !== null && isHandle(value as object) ? OPEN : PLAIN;
}
