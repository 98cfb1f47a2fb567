/**
 * Which it is, of a value that is there at once and a promise for one.
 *
 * Not by `instanceof`: where a library has put a class of its own in the place of `Promise` (zone.js, bluebird), what an
 * async function gives is no instance of it.
 */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === 'function';
}
