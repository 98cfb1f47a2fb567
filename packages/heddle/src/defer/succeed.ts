import { Deferred } from './deferred.ts';
import type { Failure } from './failure.ts';

/**
 * A Deferred that has already fired with `value`: for a function that must
 * return a Deferred but has its answer at hand.
 *
 * @throws InvalidArgumentError when `value` is a Deferred itself
 */
export function succeed(): Deferred<void>;
export function succeed<T>(value: T): Deferred<T>;
export function succeed(value?: unknown): Deferred<unknown> {
  const deferred = new Deferred<unknown>();
  deferred.callback(value);
  return deferred;
}

/** A Deferred that has already failed, with an error or with a Failure. */
export function fail(reason: unknown): Deferred<never>;
export function fail(reason: Failure): Deferred<never>;
export function fail(reason: unknown): Deferred<never> {
  const deferred = new Deferred<never>();
  deferred.errback(reason);
  return deferred;
}
