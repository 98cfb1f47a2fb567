import type { LoadableReference } from '../../wire/captured.ts';
import { functionName } from '../../wire/function-name.ts';
import { dataProperty } from '../members.ts';

const CONSTRUCTORS: readonly string[] = (
  'Object Function Array String Number Boolean BigInt Symbol Date RegExp Promise Error ' +
  'Map Set WeakMap WeakSet ArrayBuffer DataView'
).split(' ');

let methods: Map<Function, LoadableReference> | undefined;

/**
 * What a thread has a method of the language's instances by, as in `const hasOwn = Object.prototype.hasOwnProperty;`, which a
 * captured function calls on an object of its own. Undefined for any other function.
 */
export function prototypeMethod(f: Function): LoadableReference | undefined {
  methods ??= readMethods();
  return methods.get(f);
}

function readMethods(): Map<Function, LoadableReference> {
  // The one prototype that is a function itself.
  const found = new Map<Function, LoadableReference>([
    [Function.prototype, { kind: 'global', path: ['Function', 'prototype'] }],
  ]);
  for (const constructor of CONSTRUCTORS) {
    const { prototype } = Reflect.get(globalThis, constructor) as Readonly<Record<'prototype', object>>;
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const method = key === 'constructor' ? undefined : dataProperty(prototype, key);
      if (typeof method !== 'function' || found.has(method) || !isLanguages(method, key)) continue;
      found.set(method, { kind: 'global', path: [constructor, 'prototype', key] });
    }
  }
  return found;
}

/** Not what the program has put there: no thread has that. What `bind` has made has another name than its place. */
function isLanguages(method: Function, key: string): boolean {
  return functionName(method) === key && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(method));
}
