import { InvalidArgumentError } from './errors.ts';
import { Failure, isFailure, textOf } from './failure.ts';

/**
 * An errback that writes the failure to the console and passes it on. For a
 * place in a chain where a failure should be seen although it is dealt with
 * further down.
 *
 * @param context what was being done, for the first line of the message
 * @throws InvalidArgumentError for what is no Failure, as in `promise.catch(logError)`; that is its `cause`
 *
 * @example
 * ```ts
 * import { fail, logError } from 'heddle/defer';
 *
 * fail(new Error('disk full'))
 *   .addErrback(logError, 'While saving the draft')
 *   .addErrback(() => console.log('it is not saved')); // prints it is not saved
 * ```
 */
export function logError(failure: Failure, context: string = 'Failure in a Deferred'): Failure {
  if (!isFailure(failure)) {
    // A promise has called it, with the error itself: that must not be lost.
    throw new InvalidArgumentError(
      `logError takes a Failure, not ${textOf(new Failure(failure))}; after a promise, use ensureDeferred(promise).addErrback(logError).`,
      { cause: failure },
    );
  }
  console.error(`${context}:\n${failure.getTraceback()}`);
  return failure;
}
