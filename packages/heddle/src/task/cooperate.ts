import type { Deferred, Settled } from '../defer/deferred.ts';
import { filter, map, reduce, sort } from './chopped-arrays.ts';
import type { CooperativeTask } from './cooperative-task.ts';
import type { TaskOptions } from './cooperator-options.ts';
import { sharedCooperator } from './shared-cooperator.ts';
import type { Pieces } from './pieces.ts';

/** {@link cooperate}, and the loops over arrays that come with it. */
export interface Cooperate {
  <R, P>(pieces: Pieces<R, P>, options?: TaskOptions<P>): CooperativeTask<R>;
  readonly map: typeof map;
  readonly filter: typeof filter;
  readonly reduce: typeof reduce;
  readonly sort: typeof sort;
}

/**
 * Runs a long computation beside everything else, in the thread of the event
 * loop: a generator that yields at the end of every small piece. In each turn
 * of the loop the tasks of the program share 10 ms, one step each in turn;
 * then whatever else waits is served.
 *
 * For work that needs the objects of this thread, or that is cheap to cut. A
 * step costs some ten nanoseconds, so that cutting fine does no harm. Where a
 * piece cannot be kept short, use `deferToThread`.
 *
 * A Deferred or a promise that the generator yields holds the task until it
 * has a result: `const x = yield d` gives the value.
 *
 * `cooperate.map`, `filter`, `reduce` and `sort` do with a large array what
 * the methods of arrays do, in pieces, and give a Deferred; cancelling it
 * stops the work.
 *
 * After Twisted's `twisted.internet.task.cooperate`. A {@link Cooperator} of
 * your own has another time slice, and can be stopped.
 *
 * @param pieces a generator, or another iterator; also asynchronous, where each step waits for the one before
 * @throws InvalidArgumentError when there is nothing to iterate over, or for an option
 *
 * @example
 * ```ts
 * import { cooperate } from 'heddle/task';
 *
 * function* longest(lines: readonly string[]) {
 *   let found = '';
 *   for (const [i, line] of lines.entries()) {
 *     if (line.length > found.length) found = line;
 *     yield i / lines.length;
 *   }
 *   return found;
 * }
 *
 * const task = cooperate(longest(['warp', 'shuttle', 'weft']), { onProgress: (part) => console.log('part done:', part) });
 * console.log(await task.whenDone()); // shuttle
 * console.log(await cooperate.map([1, 2, 3], (n) => n * n)); // [ 1, 4, 9 ]
 * ```
 */
export const cooperate: Cooperate = Object.assign(
  <R, P>(pieces: Pieces<R, P>, options?: TaskOptions<P>): CooperativeTask<R> =>
    sharedCooperator.cooperate(pieces, options),
  { map, filter, reduce, sort },
);

/**
 * {@link cooperate} for work of which nothing but the end is of interest.
 *
 * @returns fires with what the generator returns; cancelling it stops the task
 * @throws as {@link cooperate}
 *
 * @example
 * ```ts
 * import { coiterate } from 'heddle/task';
 *
 * function* sum(to: number) {
 *   let sum = 0;
 *   for (let n = 1; n <= to; n++) {
 *     sum += n;
 *     yield;
 *   }
 *   return sum;
 * }
 * console.log(await coiterate(sum(100)).addCallback((n) => n * 2)); // prints 10100
 * ```
 */
export function coiterate<R, P>(pieces: Pieces<R, P>, options?: TaskOptions<P>): Deferred<Settled<R>> {
  return sharedCooperator.coiterate(pieces, options);
}
