import { inspect } from 'node:util';
import type { Deferred, Settled } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import type { TaskOptions } from './cooperator-options.ts';
import { sharedCooperator } from './shared-cooperator.ts';
import { sortedInPieces } from './sorted-in-pieces.ts';

/** How a loop over an array is run; `onProgress` gets the part that is done, from 0 to 1. */
export type ArrayTaskOptions = TaskOptions<number>;

/**
 * {@link Array.map}, an item at a time, beside everything else:
 * `cooperate.map(items, f)`.
 *
 * Holes are items with the value `undefined`. Items that are added meanwhile
 * are not looked at.
 *
 * @returns fires with the new array; cancelling it stops the work
 * @throws InvalidArgumentError when `items` is no array, or `f` no function
 */
export function map<T, U>(
  items: ArrayLike<T>,
  f: (item: T, index: number) => U,
  options?: ArrayTaskOptions,
): Deferred<U[]> {
  check('map', items, f);
  return run(mapped(items, f), options);
}

/** {@link Array.filter} likewise: `cooperate.filter(items, f)`. */
export function filter<T, S extends T>(
  items: ArrayLike<T>,
  f: (item: T, index: number) => item is S,
  options?: ArrayTaskOptions,
): Deferred<S[]>;
export function filter<T>(
  items: ArrayLike<T>,
  f: (item: T, index: number) => unknown,
  options?: ArrayTaskOptions,
): Deferred<T[]>;
export function filter<T>(
  items: ArrayLike<T>,
  f: (item: T, index: number) => unknown,
  options?: ArrayTaskOptions,
): Deferred<T[]> {
  check('filter', items, f);
  return run(filtered(items, f), options);
}

/**
 * {@link Array.reduce} likewise, from `initial` on, which has to be given: `cooperate.reduce(items, f, initial)`. Where it
 * comes to a promise, that is waited for.
 *
 * @throws InvalidArgumentError also when `initial` is missing
 */
export function reduce<T, U>(
  items: ArrayLike<T>,
  f: (reduced: U, item: T, index: number) => U,
  ...beginning: [initial: U, options?: ArrayTaskOptions]
): Deferred<Settled<U>> {
  check('reduce', items, f);
  if (beginning.length < 1) {
    throw new InvalidArgumentError(
      'cooperate.reduce needs a value to begin with: cooperate.reduce(items, f, initial).',
    );
  }
  const [initial, options] = beginning;
  return sharedCooperator.coiterate(reduced(items, f, initial), options);
}

/**
 * {@link Array.toSorted} likewise, in pieces of some dozens of comparisons:
 * `cooperate.sort(items, compare)`. The array itself is left as it is, since
 * others can see it while it is being sorted; equal items keep their order.
 *
 * @param compare as for {@link Array.sort}; without, items are compared as texts
 */
export function sort<T>(
  items: ArrayLike<T>,
  compare?: (one: T, other: T) => number,
  options?: ArrayTaskOptions,
): Deferred<T[]> {
  check('sort', items, compare === undefined ? () => 0 : compare);
  return run(sortedInPieces(items, compare), options);
}

function run<R>(pieces: Generator<number, R>, options: ArrayTaskOptions | undefined): Deferred<R> {
  return sharedCooperator.coiterate(pieces, options) as Deferred<R>;
}

function* mapped<T, U>(items: ArrayLike<T>, f: (item: T, index: number) => U): Generator<number, U[]> {
  const { length } = items;
  const result: U[] = [];
  for (let i = 0; i < length; i++) {
    result.push(f(items[i] as T, i));
    yield (i + 1) / length;
  }
  return result;
}

function* filtered<T>(items: ArrayLike<T>, f: (item: T, index: number) => unknown): Generator<number, T[]> {
  const { length } = items;
  const result: T[] = [];
  for (let i = 0; i < length; i++) {
    const item = items[i] as T;
    if (f(item, i)) result.push(item);
    yield (i + 1) / length;
  }
  return result;
}

function* reduced<T, U>(
  items: ArrayLike<T>,
  f: (reduced: U, item: T, index: number) => U,
  initial: U,
): Generator<number, U> {
  const { length } = items;
  let result = initial;
  for (let i = 0; i < length; i++) {
    result = f(result, items[i] as T, i);
    yield (i + 1) / length;
  }
  return result;
}

function check(name: string, items: unknown, f: unknown): void {
  if (typeof items !== 'object' || items === null || !isLength((items as { length?: unknown }).length)) {
    throw new InvalidArgumentError(`cooperate.${name} needs an array, not ${inspect(items, { depth: 0 })}.`);
  }
  if (typeof f !== 'function') {
    throw new InvalidArgumentError(`cooperate.${name} needs a function, not ${inspect(f, { depth: 0 })}.`);
  }
}

/** Others would have no end, or be taken for another one. */
function isLength(length: unknown): boolean {
  return Number.isSafeInteger(length) && (length as number) >= 0;
}
