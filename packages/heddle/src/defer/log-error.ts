import type { Failure } from './failure.ts';

/**
 * An errback that writes the failure to the console and passes it on. For a
 * place in a chain where a failure should be seen although it is dealt with
 * further down.
 *
 * @param context what was being done, for the first line of the message
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
  console.error(`${context}:\n${failure.getTraceback()}`);
  return failure;
}
