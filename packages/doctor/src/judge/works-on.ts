import { types } from 'node:util';

const OWN_OBJECT = /\b(?:this|super)\b/;

/**
 * Whether a function works on another object than the one that it is a property of. Heddle has a method from its module,
 * and with it the object that holds it there: `markdown.parse` is the same in a thread. What has only inherited the method,
 * as an Express response its `render`, is not there.
 */
export function worksOnHeir(f: unknown, on: unknown): boolean {
  if (typeof f !== 'function' || !isObject(on) || !OWN_OBJECT.test(Function.prototype.toString.call(f))) return false;
  if (types.isProxy(on)) return true;
  return !Reflect.ownKeys(on).some((key) => Object.getOwnPropertyDescriptor(on, key)?.value === f);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
