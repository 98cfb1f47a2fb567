import type { LoadableReference } from '../../wire/captured.ts';
import { isNamespace } from '../../wire/plain.ts';
import { dataProperty } from '../members.ts';
import { languageGlobals } from './global-names.ts';

let objects: Map<object, LoadableReference> | undefined;

/**
 * What a thread has an object of the language by, as in `const objectProto = Object.prototype;`, with which a captured function
 * compares what it has found. A copy would be another one. Undefined for any other object.
 */
export function languageObject(value: object): LoadableReference | undefined {
  objects ??= readObjects();
  return objects.get(value);
}

function readObjects(): Map<object, LoadableReference> {
  const found = new Map<object, LoadableReference>();
  for (const name of languageGlobals()) {
    const value = dataProperty(globalThis, name);
    if (typeof value === 'object' && value !== null && isNamespace(value)) {
      found.set(value, { kind: 'global', path: [name] });
    }
    // What the program has put in its place, no thread has.
    if (typeof value !== 'function' || !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(value)))
      continue;
    const prototype = dataProperty(value, 'prototype');
    if (typeof prototype === 'object' && prototype !== null) {
      found.set(prototype, { kind: 'global', path: [name, 'prototype'] });
    }
  }
  return found;
}
