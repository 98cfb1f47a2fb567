import { types } from 'node:util';
import { codecFor } from './codec.ts';
import { isSharedErrorClass } from './error-details.ts';
import { passedBy } from './passed.ts';
import { isPlatformObject } from './platform-objects.ts';
import { isTransferred } from './transferred.ts';

/** How a value gets to another thread. */
export type Kind =
  | 'primitive'
  | 'array'
  | 'object'
  | 'map'
  | 'set'
  | 'buffer'
  | 'error'
  | 'cloneable'
  /** The instance of a class with a codec. */
  | 'coded'
  /** Stands for something that is to be moved. */
  | 'transferred'
  /** A function, with a word that says how it is to be passed. */
  | 'passed'
  | 'refused';

const builtInPrototypes: ReadonlySet<object> = new Set(
  [
    Date,
    RegExp,
    Boolean,
    Number,
    String,
    BigInt,
    ArrayBuffer,
    SharedArrayBuffer,
    DataView,
    Object.getPrototypeOf(Int8Array) as { prototype: object },
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    // From Node 24 on.
    ...('Float16Array' in globalThis
      ? [(globalThis as unknown as { Float16Array: { prototype: object } }).Float16Array]
      : []),
  ].map((builtIn) => builtIn.prototype),
);

/** Sorts a value by what has to be done to send it, without calling any code of the value's own. */
export function kindOf(value: unknown): Kind {
  if (typeof value === 'function') return passedBy(value) === undefined ? 'refused' : 'passed';
  if (typeof value !== 'object') return typeof value === 'symbol' ? 'refused' : 'primitive';
  if (value === null) return 'primitive';
  // Before anything else: a Proxy answers for its prototype by code of its own.
  if (types.isProxy(value)) return 'refused';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return isNamespace(value) || isArguments(value) ? 'refused' : 'object';
  }
  if (prototype === Array.prototype) return 'array';
  if (prototype === Buffer.prototype) return 'buffer';
  if (builtInPrototypes.has(prototype as object)) return 'cloneable';
  // Fake timers replace the class, and what it makes are dates all the same.
  if (prototype === Date.prototype && types.isDate(value)) return 'cloneable';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  if (codecFor(prototype as object) !== undefined) return 'coded';
  if (isError(value)) return 'error';
  if (isTransferred(value)) return 'transferred';
  return isForeignPlain(value, prototype as object) ?? (isPlatformObject(value) ? 'cloneable' : 'refused');
}

/** Also of another realm, and of a class that is older than the language's: a function with `Error.prototype` behind it. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** What is used by its functions alone: they are not enumerable, so that nothing would be left of it. */
const namespaces: ReadonlySet<unknown> = new Set([
  JSON,
  Math,
  Reflect,
  Atomics,
  Intl,
  Reflect.get(globalThis, 'WebAssembly'),
]);

export function isNamespace(value: object): boolean {
  return Symbol.toStringTag in value && namespaces.has(value);
}

/** Whether it is the `arguments` of a function: structured clone takes none, and tells nobody which object that was. */
export function isArguments(value: object): boolean {
  return Symbol.iterator in value && types.isArgumentsObject(value);
}

/** Whether a value that can be sent is nothing but data, whatever realm it is from: no object of Node's. */
export function isPlainData(value: object): boolean {
  const kind = kindOf(value);
  if (kind === 'cloneable') return isBuiltIn(value);
  return kind !== 'refused' && kind !== 'transferred';
}

/** Whether objects with this prototype need no codec, and would never be asked for one. */
export function isSentAsItIs(prototype: object): boolean {
  const kind = kindOf(Object.create(prototype));
  const isOwnClass = kind === 'refused' || kind === 'coded' || kind === 'error';
  return !isOwnClass || isSharedErrorClass(prototype);
}

/** Plain data of another realm (`node:vm`, Jest) has other prototypes of the same shape. */
function isForeignPlain(value: object, prototype: object): Kind | undefined {
  if (Array.isArray(value)) return hasOwn(prototype, 'flatMap') ? 'array' : undefined;
  if (types.isMap(value)) return hasOwn(prototype, 'forEach') ? 'map' : undefined;
  if (types.isSet(value)) return hasOwn(prototype, 'forEach') ? 'set' : undefined;
  if (Object.getPrototypeOf(prototype) === null) {
    // A class without anything, which is faster to make than what has no prototype: parsers of queries and cookies do.
    if (hasOwn(prototype, 'isPrototypeOf') || Reflect.ownKeys(prototype).length === 0) return 'object';
  }
  const parent = Object.getPrototypeOf(prototype) as object | null;
  return isBuiltIn(value) && parent !== null && builtInNames.has(ownConstructorName(prototype))
    ? 'cloneable'
    : undefined;
}

function isBuiltIn(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isBoxedPrimitive(value)
  );
}

const builtInNames: ReadonlySet<string> = new Set([...builtInPrototypes].map(ownConstructorName));

function ownConstructorName(prototype: object): string {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof made === 'function' ? made.name : '';
}

function hasOwn(object: object, key: string): boolean {
  return Object.hasOwn(object, key);
}
