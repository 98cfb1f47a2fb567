import type { Deferred } from './deferred.ts';
import { InvalidArgumentError } from './errors.ts';
import type { Failure } from './failure.ts';
import { requireFunction } from './require-function.ts';
import { fail, succeed } from './succeed.ts';
import { isThenable } from './thenable.ts';

/**
 * Calls a function that answers at once, and gives its value or its error as
 * a Deferred. For synchronous code behind an interface of Deferreds; where `f`
 * may be asynchronous, use {@link maybeDeferred}.
 *
 * Fails with an InvalidArgumentError when `f` is no function, or returns a Deferred or a promise.
 *
 * @example
 * ```ts
 * import { execute } from 'heddle/defer';
 *
 * execute(Math.max, 3, 1, 2).addCallback((largest) => console.log(largest)); // prints 3
 * ```
 */
export function execute<A extends unknown[], U>(
  f: (...args: A) => U,
  ...args: A
): Deferred<Exclude<U, Failure | PromiseLike<unknown>>> {
  try {
    requireFunction(f, 'What execute calls');
    const answer = f(...args);
    if (!isThenable(answer)) return succeed(answer as Exclude<U, Failure | PromiseLike<unknown>>);
    const name = f.name === '' ? 'The function given' : `${f.name}()`;
    return fail(
      new InvalidArgumentError(
        `${name} returned a Deferred or a promise, but execute() is for functions that answer at once. ` +
          'Call it with maybeDeferred().',
      ),
    );
  } catch (error) {
    return fail(error);
  }
}
