import type { Accessor } from '../../wire/captured.ts';
import { plainGetter } from '../modules/plain-getters.ts';

/**
 * The getter and the setter of a property, which go to the thread with the object; undefined where the property has
 * none, or a getter that a compiler has put around what shows by itself.
 */
export function accessorsOf(object: object, key: string): (readonly [Accessor, Function])[] | undefined {
  const { get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {};
  if (get === undefined && set === undefined) return undefined;
  if (set === undefined && isAround(plainGetter(object, key)?.())) return undefined;
  return [...(get === undefined ? [] : [['get', get] as const]), ...(set === undefined ? [] : [['set', set] as const])];
}

/** Whether it is a function or an object, which is the same one whoever names it. */
function isAround(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
