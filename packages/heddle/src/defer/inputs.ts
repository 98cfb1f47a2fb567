import { inspect } from 'node:util';
import { Deferred, observe, toDeferred } from './deferred.ts';
import { InvalidArgumentError } from './errors.ts';
import { Failure } from './failure.ts';
import { logError } from './log-error.ts';
import { isThenable } from './thenable.ts';

/** The Deferreds and promises that a combinator waits for. */
export type Inputs = readonly PromiseLike<unknown>[];

/** The values of all inputs, in their order; a tuple of Deferreds gives a tuple of values. */
export type Values<Ds extends Inputs> = { -readonly [K in keyof Ds]: Awaited<Ds[K]> };

/**
 * The inputs as Deferreds, in an array of its own.
 *
 * @throws InvalidArgumentError when they are no array, or one of them is something else
 */
export function toDeferreds(inputs: Iterable<PromiseLike<unknown>>, combinator: string): Deferred<unknown>[] {
  if (
    typeof (inputs as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator] !== 'function' ||
    typeof inputs === 'string'
  ) {
    throw new InvalidArgumentError(
      `${combinator} needs an array of Deferreds or promises, not ${inspect(inputs, { depth: 0 })}.`,
    );
  }
  return Array.from(inputs, (input: unknown, index) => {
    if (input instanceof Deferred) return input;
    if (isThenable(input)) return hidden(toDeferred(input));
    throw new InvalidArgumentError(
      `Input ${index} of ${combinator} is ${inspect(input, { depth: 0 })}, but must be a Deferred or a promise. ` +
        'For a value, use succeed(value).',
    );
  });
}

/** Nobody but the combinator can see this Deferred, so nobody else could handle its failure. */
function hidden(deferred: Deferred<unknown>): Deferred<unknown> {
  observe(deferred, () => undefined, true);
  return deferred;
}

/** Cancels all of them; a canceller that throws does not save the others. */
export function cancelAll(deferreds: readonly Deferred<unknown>[], cause?: unknown): void {
  for (const deferred of deferreds) {
    try {
      deferred.cancel(cause);
    } catch (error) {
      logError(new Failure(error), 'A canceller threw an error when a group of Deferreds was cancelled');
    }
  }
}
