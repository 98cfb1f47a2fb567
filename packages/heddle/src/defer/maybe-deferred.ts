import { type Deferred, toDeferred, type Settled } from './deferred.ts';
import { requireFunction } from './require-function.ts';
import { fail, succeed } from './succeed.ts';
import { isThenable } from './thenable.ts';

/**
 * Calls `f` and gives a Deferred whatever it does: its own Deferred, or one
 * for the promise, the value, the Failure or the error it ended with. For
 * calling code of others that may or may not be asynchronous. It fails with an
 * InvalidArgumentError when `f` is no function.
 *
 * A generator that `f` returns counts as a value: to run one, use
 * {@link ensureDeferred} or {@link inlineCallbacks}.
 *
 * @example
 * ```ts
 * import { maybeDeferred } from 'heddle/defer';
 *
 * maybeDeferred(JSON.parse, '{"broken":').addErrback((failure) => {
 *   failure.trap(SyntaxError);
 *   console.log('not JSON'); // prints not JSON
 * });
 * ```
 */
export function maybeDeferred<A extends unknown[], U>(f: (...args: A) => U, ...args: A): Deferred<Settled<U>> {
  return call(f, args) as Deferred<Settled<U>>;
}

function call<A extends unknown[]>(f: (...args: A) => unknown, args: A): Deferred<unknown> {
  try {
    requireFunction(f, 'What maybeDeferred calls');
    const answer = f(...args);
    return isThenable(answer) ? toDeferred(answer) : succeed(answer);
  } catch (error) {
    return fail(error);
  }
}
