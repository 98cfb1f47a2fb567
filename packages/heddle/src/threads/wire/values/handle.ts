import { EventEmitter } from 'node:events';
import { types } from 'node:util';

/** What whoever has something open can do with it. */
const METHODS = ['close', 'destroy', 'hasRef', 'release'];

/**
 * Whether an object stands for something open: what emits events, or can be closed or held. None of its own code runs: it
 * may throw anything.
 */
export function isHandle(value: object): boolean {
  const left = new Set(METHODS);
  for (
    let at: object | null = value;
    at !== null && !types.isProxy(at);
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (at === EventEmitter.prototype) return true;
    for (const method of left) {
      const descriptor = Object.getOwnPropertyDescriptor(at, method);
      if (descriptor === undefined) continue;
      if (typeof descriptor.value === 'function') return true;
      left.delete(method);
    }
  }
  return false;
}
