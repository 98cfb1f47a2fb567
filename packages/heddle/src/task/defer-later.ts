import { inspect } from 'node:util';
import { requireScheduledCall, requireTimeSource, type TimeSource } from '../defer/clock.ts';
import { Deferred, type Settled } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { requireFunction } from '../defer/require-function.ts';

/**
 * Calls a function later and gives its result as a Deferred; without a
 * function it is a pause that can be cancelled.
 *
 * Cancelling it takes the call back; once `f` was called, it cancels the
 * Deferred that `f` returned.
 *
 * After Twisted's `twisted.internet.task.deferLater`.
 *
 * @param clock what counts the time: the reactor, or a `Clock` in tests
 * @param delay milliseconds
 * @throws InvalidArgumentError when the clock or the delay is none, or `f` is no function
 *
 * @example
 * ```ts
 * import { reactor } from 'heddle/reactor';
 * import { deferLater } from 'heddle/task';
 *
 * await deferLater(reactor, 20);
 * console.log(await deferLater(reactor, 20, Math.max, 1, 2)); // prints 2
 * ```
 */
export function deferLater(clock: TimeSource, delay: number): Deferred<void>;
export function deferLater<A extends unknown[], U>(
  clock: TimeSource,
  delay: number,
  f: (...args: A) => U,
  ...args: A
): Deferred<Settled<U>>;
export function deferLater(
  clock: TimeSource,
  delay: number,
  f?: (...args: unknown[]) => unknown,
  ...args: unknown[]
): Deferred<unknown> {
  requireTimeSource(clock);
  if (f !== undefined) requireFunction(f, 'What deferLater calls');
  if (!(typeof delay === 'number' && delay >= 0)) {
    throw new InvalidArgumentError(`A delay must be a number of milliseconds, 0 or more, not ${inspect(delay)}.`);
  }
  const due = new Deferred<void>(() => {
    // A reactor that has stopped has taken it back already.
    if (call.active()) call.cancel();
  });
  const call = clock.callLater(delay, () => due.callback(undefined));
  requireScheduledCall(call);
  return f === undefined ? due : due.addCallback(() => f(...args));
}
