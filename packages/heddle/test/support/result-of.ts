import type { Deferred } from 'heddle/defer';

/** What `resultOf` gives for a chain that has no result yet. */
export const pending: unique symbol = Symbol('pending');

/** The value or the Failure that the chain of `deferred` has now, which stays in the chain; `pending` if none. */
export function resultOf(deferred: Deferred<unknown>): unknown {
  let seen: unknown = pending;
  deferred.addBoth((result) => {
    seen = result;
    return result;
  });
  return seen;
}
