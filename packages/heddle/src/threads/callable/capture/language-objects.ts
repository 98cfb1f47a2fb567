import { types } from 'node:util';
import type { LoadableReference } from '../../wire/captured.ts';
import { functionName } from '../../wire/function-name.ts';
import { dataProperty } from '../members.ts';
import { languageGlobals } from './global-names.ts';

const NAMESPACES: ReadonlySet<unknown> = new Set(['Math', 'JSON', 'Reflect', 'Atomics', 'Intl', 'WebAssembly']);

/**
 * What a thread has an object of the language by, of whatever realm, as in `const objectProto = Object.prototype;`, with which a
 * captured function compares what it has found. A copy would be another one. Undefined for any other object.
 */
export function languageObject(value: object): LoadableReference | undefined {
  if (types.isProxy(value)) return undefined;
  const constructor = dataProperty(value, 'constructor');
  if (typeof constructor === 'function') {
    const name = functionName(constructor);
    const isPrototype = dataProperty(constructor, 'prototype') === value && isNative(constructor);
    return isPrototype && languageGlobals().includes(name) ? { kind: 'global', path: [name, 'prototype'] } : undefined;
  }
  const tag = dataProperty(value, Symbol.toStringTag);
  if (!NAMESPACES.has(tag) || !hasNativeFunctions(value)) return undefined;
  return { kind: 'global', path: [String(tag)] };
}

/** Where the program has put an object of its own in the place of one, or something into it, no thread has that. */
function hasNativeFunctions(value: object): boolean {
  const functions = Reflect.ownKeys(value)
    .map((key) => dataProperty(value, key))
    .filter((part) => typeof part === 'function');
  return functions.length > 0 && functions.every(isNative);
}

function isNative(f: Function): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(f));
}
