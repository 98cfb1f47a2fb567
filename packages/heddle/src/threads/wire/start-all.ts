import { isPromise } from './is-promise.ts';

/**
 * Starts something for each item, in their order. Where one fails, what has been started before may fail as well, later,
 * and nobody would see to that: it must not count as a rejection that was left alone.
 *
 * @throws what starting one throws; or a promise rejected with what one of them is
 */
export function startAll<T, R>(items: readonly T[], start: (item: T) => R | Promise<R>): R[] | Promise<R[]> {
  const started: (R | Promise<R>)[] = [];
  try {
    for (const item of items) started.push(start(item));
  } catch (error) {
    for (const one of started) if (isPromise(one)) one.catch(() => {});
    throw error;
  }
  return started.some((one) => isPromise(one)) ? Promise.all(started) : (started as R[]);
}
