import assert from 'node:assert/strict';
import type { Deferred } from 'heddle/defer';

/** What a Deferred fails with, whatever kind of value it is. */
export function failureOf(deferred: Deferred<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    deferred.addCallbacks(
      (value) => reject(new assert.AssertionError({ message: 'it gave a value', actual: value })),
      (failure) => resolve(failure.value),
    );
  });
}

/** The same, for a failure of a certain class. */
export async function errorOf<E>(
  deferred: Deferred<unknown>,
  errorClass: abstract new (...args: never[]) => E,
): Promise<E> {
  const error = await failureOf(deferred);
  assert.ok(error instanceof errorClass, `${String(error)} is no ${errorClass.name}`);
  return error;
}
