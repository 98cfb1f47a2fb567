import { Deferred, observe, settle } from './deferred.ts';
import { Failure } from './failure.ts';
import { FailureGroup } from './failure-group.ts';
import { cancelAll, type Inputs, toDeferreds } from './inputs.ts';

type IndexOf<K> = K extends `${infer N extends number}` ? N : number;

/** `[index, value]` of the winner; for a tuple of inputs, the index tells the type of the value. */
export type RaceResult<Ds extends Inputs> = {
  [K in keyof Ds]: [index: IndexOf<K>, value: Awaited<Ds[K]>];
}[number];

/**
 * Fires with the first of several Deferreds or promises to succeed, as
 * `[index, value]`, and cancels the others. When all fail, it fails with a
 * {@link FailureGroup}. Cancelling it cancels all of them.
 *
 * Unlike `Promise.race`, a failure does not end it, and the losers do not go
 * on for nothing.
 *
 * @throws InvalidArgumentError when one of the inputs is neither a Deferred nor a promise
 *
 * @example
 * ```ts
 * import { Deferred, race, succeed } from 'heddle/defer';
 *
 * const slow = new Deferred<string>(() => console.log('cancelled')); // prints cancelled
 * const [index, value] = await race([slow, succeed('quick')]);
 * console.log(index, value); // prints 1 quick
 * ```
 */
export function race<const Ds extends Inputs>(inputs: Ds): Deferred<RaceResult<Ds>>;
export function race<T>(inputs: Iterable<PromiseLike<T>>): Deferred<[index: number, value: Awaited<T>]>;
export function race(inputs: Iterable<PromiseLike<unknown>>): Deferred<unknown> {
  const deferreds = toDeferreds(inputs, 'race()');
  const failures: Failure[] = [];
  let missing = deferreds.length;
  let decided = false;
  const winner = new Deferred<[number, unknown]>((_, reason) => cancelAll(deferreds, reason.cause));

  /** Gives the race's Deferred back when it is settled by this. */
  const ended = (result: unknown, index: number): Deferred<unknown> | undefined => {
    missing--;
    if (decided) return undefined;
    if (result instanceof Failure) {
      failures[index] = result;
      if (missing > 0) return undefined;
      decided = true;
    } else {
      decided = true;
      // The winner has its result, so that this is for the others.
      cancelAll(deferreds);
    }
    if (winner.called) return undefined;
    return settle(winner, result instanceof Failure ? new Failure(new FailureGroup(failures)) : [index, result]);
  };

  if (deferreds.length === 0) winner.errback(new FailureGroup([]));
  deferreds.forEach((deferred, index) => {
    observe(deferred, (result) => ended(result, index), true);
  });
  return winner as Deferred<unknown>;
}
