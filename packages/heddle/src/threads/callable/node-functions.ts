import { builtinModules } from 'node:module';
import type { FunctionReference } from '../wire/reference.ts';
import { functionName } from '../wire/function-name.ts';
import { dataProperty, walkMembers } from './members.ts';

// Only what Node itself puts on the global object: a function that the program added there is in no other thread.
// Left out are Headers, Request, Response and FormData: looking at them makes Node load all of fetch (30 ms).
const GLOBALS: readonly string[] = (
  'Object Function Array Number Boolean String Symbol BigInt Date Promise RegExp JSON Math Intl Atomics Reflect ' +
  'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ' +
  'ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array ' +
  'Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array ' +
  'Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Iterator Temporal WebAssembly ' +
  'parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape ' +
  'Buffer URL URLSearchParams URLPattern TextEncoder TextDecoder AbortController AbortSignal Event EventTarget ' +
  'Blob File fetch structuredClone atob btoa console queueMicrotask ' +
  'setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate'
).split(' ');

/** Those that Node gives by a getter, which does nothing but that. */
const GIVEN: readonly string[] = ['process', 'performance'];

const DEPTH = 2;

let loadList: readonly string[] | undefined | 'unread' = 'unread';

/**
 * Hands every function that Node itself gives under a public name to `remember`.
 *
 * Only modules that are already loaded are looked at: a function the program holds
 * comes from one of them, and loading others would cost time and print warnings.
 */
export function indexNodeFunctions(remember: (f: Function, reference: FunctionReference) => void): void {
  for (const name of [...GLOBALS, ...GIVEN]) {
    const value: unknown = GIVEN.includes(name) ? Reflect.get(globalThis, name) : ownValue(globalThis, name);
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) continue;
    if (typeof value === 'function') remember(value, { kind: 'global', path: [name] });
    walkMembers(value, DEPTH - 1, (f, _owner, path) => {
      remember(f, { kind: 'global', path: [name, ...path()] });
      return false;
    });
  }
  for (const name of loadedNodeModules()) {
    const module = `node:${name}`;
    const exports: unknown = process.getBuiltinModule(module);
    if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) continue;
    if (typeof exports === 'function') remember(exports, { kind: 'builtin', module, path: [] });
    walkMembers(exports, DEPTH, (f, _owner, path) => {
      remember(f, { kind: 'builtin', module, path: path() });
      return false;
    });
  }
}

/**
 * Whether `f` is probably Node's: compiled code, or what {@link indexNodeFunctions} would come by under the function's own
 * name or as a member of a module. That takes a millisecond, where the index takes four.
 */
export function looksLikeNodesOwn(f: Function): boolean {
  if (/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(f))) return true;
  const ownName = functionName(f);
  const isIn = (holder: unknown): boolean => ownValue(holder, ownName) === f;
  const isInOrBelow = (module: object): boolean =>
    isIn(module) ||
    Object.getOwnPropertyNames(module).some((name) => {
      const member = ownValue(module, name);
      return member === f || isIn(member);
    });
  return (
    isIn(globalThis) ||
    GLOBALS.some((name) => isIn(ownValue(globalThis, name))) ||
    loadedNodeModules().some((name) => isInOrBelow(process.getBuiltinModule(`node:${name}`) ?? {}))
  );
}

/** A function of Node's by its own name on the global object, where it is one of those that are not indexed. */
export function globalOfNode(f: Function): FunctionReference | undefined {
  const name = functionName(f);
  return ownValue(globalThis, name) === f ? { kind: 'global', path: [name] } : undefined;
}

/**
 * Whether what stands in the place of a function of Node's looks as if a mock or the program had put it there: a function
 * without a name, or with properties to be seen. A few of Node's own do as well. What instrumentation keeps at its wrappers is
 * not enumerable, and a thread has a wrapper of its own there, or none.
 */
export function mayBeReplacement(f: Function): boolean {
  return functionName(f) === '' || Object.keys(f).length > 0;
}

/**
 * A function that is written in one of Node's modules, where the one that gave it has something else under its name now, as
 * instrumentation and mocks put it there: a thread still has it in its place. Undefined where it may be one of several.
 *
 * @param isReplaced whether a function is none of Node's
 */
export function replacedOfNode(f: Function, isReplaced: (held: Function) => boolean): FunctionReference | undefined {
  const name = functionName(f);
  const places = new Map<unknown, FunctionReference>();
  for (const loaded of loadedNodeModules()) {
    const module = `node:${loaded}`;
    const exports: unknown = process.getBuiltinModule(module);
    const held = ownValue(exports, name);
    if (typeof held === 'function' && isReplaced(held)) places.set(exports, { kind: 'builtin', module, path: [name] });
  }
  const [only, another] = places.values();
  return another === undefined ? only : undefined;
}

function ownValue(holder: unknown, name: string): unknown {
  const hasProperties = holder !== null && (typeof holder === 'object' || typeof holder === 'function');
  return hasProperties ? dataProperty(holder, name) : undefined;
}

/** Grows whenever Node loads another of its modules, internal ones included. */
export function countNodeModules(): number {
  return listOfLoaded()?.length ?? builtinModules.length;
}

/** The names of Node's own public modules that are loaded, without `node:`. */
export function loadedNodeModules(): string[] {
  const names = builtinModules
    .map((name) => name.replace(/^node:/, ''))
    // These are old doors to what the others hold too, and warn when opened.
    .filter((name) => !name.startsWith('_') && name !== 'sys');
  const list = listOfLoaded();
  if (list === undefined) return names;
  const loaded = new Set(list);
  const isLoaded = (name: string): boolean =>
    loaded.has(`NativeModule ${name}`) ||
    // What fs.promises and dns.promises give is loaded without the module that has it under a public name.
    (name.endsWith('/promises') && loaded.has(`NativeModule internal/${name}`));
  return names.filter(isLoaded);
}

/** What Node has loaded so far; undefined where the runtime does not say. */
function listOfLoaded(): readonly string[] | undefined {
  if (loadList === 'unread') loadList = readList();
  return loadList;
}

// An old property of Node's that its types do not know. Other runtimes have it and leave it empty.
function readList(): readonly string[] | undefined {
  const { moduleLoadList: own } = process as Listing;
  if (own === undefined || own.length === 0) return undefined;
  if (own.includes('NativeModule worker_threads')) return own;
  // Jest's `process` is a copy of the real one, with a list that was made before Heddle was loaded and does not grow.
  return (process.getBuiltinModule('node:vm').runInThisContext('process') as Listing).moduleLoadList;
}

interface Listing {
  readonly moduleLoadList?: readonly string[];
}
