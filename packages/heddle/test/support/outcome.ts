import { type Deferred, Failure } from 'heddle/defer';

/** How a Deferred stands at this moment. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown } | 'no result yet';

/** What `deferred` has now, without a turn of the loop. A failure that it shows is taken out of the chain. */
export function outcome<T>(deferred: Deferred<T>): Outcome<T> {
  let found: Outcome<T> = 'no result yet';
  deferred.addBoth((result) => {
    if (result instanceof Failure) {
      found = { error: result.value };
      return undefined as T;
    }
    found = { value: result };
    return result;
  });
  return found;
}

/** The error a Deferred has failed with now. Throws when it has not failed. */
export function errorOf(deferred: Deferred<unknown>): unknown {
  const found = outcome(deferred);
  if (found === 'no result yet') throw new Error('The Deferred has no result yet.');
  if (!('error' in found)) throw new Error('The Deferred has succeeded.', { cause: found.value });
  return found.error;
}
