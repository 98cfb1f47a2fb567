import { CancelledError } from '../defer/errors.ts';
import { currentJob } from './in-thread.ts';

/**
 * Whether the call that the running code works for has been given up: by
 * `cancel()`, by its signal, or by a timeout.
 *
 * For long work, to end by itself before its thread is ended. Reads shared
 * memory, about 50 ns, so it is true at once in a loop that never lets the
 * event loop have its turn; right after an `await` as well. Outside of a job it
 * is false, so that the same function can be called in the reactor thread.
 *
 * @example
 * ```ts file=primes.ts
 * import { isCancelled } from 'heddle/thread';
 *
 * export function countPrimes(limit: number): number {
 *   let found = 0;
 *   for (let n = 2; n < limit && !isCancelled(); n++) {
 *     let divisor = 2;
 *     while (divisor * divisor <= n && n % divisor !== 0) divisor++;
 *     if (divisor * divisor > n) found++;
 *   }
 *   return found;
 * }
 * ```
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { countPrimes } from './primes.ts';
 *
 * const call = deferToThread.with({ timeout: 50 })(countPrimes, Number.MAX_SAFE_INTEGER);
 * await call.catch((error) => console.log(error.code)); // prints HEDDLE_TIMEOUT
 * ```
 */
export function isCancelled(): boolean {
  return currentJob()?.isCancelled() ?? false;
}

/**
 * Ends work whose call has been given up: throws where {@link isCancelled}
 * is true. The caller has its outcome already, so nobody sees the error.
 *
 * @throws CancelledError `ABORT_ERR`
 *
 * @example
 * ```ts
 * import { throwIfCancelled } from 'heddle/thread';
 *
 * export function sum(values: Float64Array): number {
 *   let total = 0;
 *   for (const [index, value] of values.entries()) {
 *     if (index % 1000 === 0) throwIfCancelled();
 *     total += value;
 *   }
 *   return total;
 * }
 * console.log(sum(new Float64Array([1, 2]))); // prints 3
 * ```
 */
export function throwIfCancelled(): void {
  if (isCancelled()) throw givenUp();
}

/** What code sees whose call has been given up. */
export function givenUp(): CancelledError {
  return new CancelledError('The call that this code works for has been cancelled, or has run out of time.');
}
