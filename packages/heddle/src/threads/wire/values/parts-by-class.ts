import { types } from 'node:util';
import { arrivingPrototype, isSharedErrorClass } from './error-details.ts';
import { makesErrors } from './made-errors.ts';

/**
 * What an error has under a name by a class that the other side does not have, on its prototype: a name, a status, a message
 * that is made when it is read. With the class it would be lost. Methods are nothing of that, nor is what the class that
 * arrives has as well.
 */
export function partsByClass(error: Error): (readonly [key: string, value: unknown])[] {
  const prototype = arrivingPrototype(error);
  const parts: (readonly [string, unknown])[] = [];
  for (const key of classKeys(error)) {
    try {
      const value: unknown = Reflect.get(error, key);
      if (typeof value === 'function' || value === Reflect.get(prototype, key, error)) continue;
      if (types.isPromise(value)) {
        // It cannot be sent. Where only this has asked for it, nobody else hears of its failure, which would end the thread.
        Promise.prototype.then.call(value, undefined, () => undefined);
        continue;
      }
      if (makesErrors(value, () => Reflect.get(error, key))) continue;
      parts.push([key, value]);
    } catch {
      // What cannot be read of it is no reason to send nothing.
    }
  }
  return parts;
}

function classKeys(error: Error): ReadonlySet<string> {
  const keys = new Set<string>();
  for (let link = parentOf(error); !isSharedErrorClass(link) && parentOf(link) !== null; link = parentOf(link)) {
    for (const key of Object.getOwnPropertyNames(link)) {
      if (key !== 'stack' && !Object.hasOwn(error, key)) keys.add(key);
    }
  }
  return keys;
}

function parentOf(value: unknown): unknown {
  return value === null ? null : Object.getPrototypeOf(value);
}
