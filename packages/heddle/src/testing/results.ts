import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { type Deferred, isDeferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type ErrorClass, Failure, requireClasses } from '../defer/failure.ts';

/**
 * The value a Deferred has now. Its chain goes on with `undefined`.
 *
 * @throws AssertionError when it has none yet, or has failed; InvalidArgumentError for what is no Deferred
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { succeed } from 'heddle/defer';
 * import { successResultOf } from 'heddle/testing';
 *
 * assert.equal(successResultOf(succeed(20).addCallback((n) => n + 1)), 21);
 * ```
 */
export function successResultOf<T>(deferred: Deferred<T>): T {
  const { result } = take(deferred, successResultOf, 'a value');
  if (!(result instanceof Failure)) return result as T;
  return refuse(
    successResultOf,
    `A value was expected, but the Deferred has failed: ${result.getTraceback()}`,
    result.value,
  );
}

/**
 * The failure a Deferred has now, which counts as handled.
 *
 * @param expected if there are any, the error must be an instance of one of these classes
 * @throws AssertionError when it has no result yet, has a value, or failed with another class of error;
 *   InvalidArgumentError for what is no Deferred or no class
 */
export function failureResultOf<T>(deferred: Deferred<T>): Failure;
export function failureResultOf<T, C extends readonly ErrorClass[]>(
  deferred: Deferred<T>,
  ...expected: C
): Failure<C[number] extends ErrorClass<infer E> ? E : never>;
export function failureResultOf(deferred: Deferred<unknown>, ...expected: ErrorClass[]): Failure {
  requireClasses(expected);
  const wanted = expected.length === 0 ? 'a failure' : `a failure of ${expected.map(({ name }) => name).join(' or ')}`;
  const { result } = take(deferred, failureResultOf, wanted);
  if (!(result instanceof Failure)) {
    return refuse(failureResultOf, `${capital(wanted)} was expected, but the Deferred has a value: ${inspect(result)}`);
  }
  if (expected.length === 0 || result.check(...expected) !== undefined) return result;
  return refuse(failureResultOf, `${capital(wanted)} was expected, but it is ${result.getTraceback()}`, result.value);
}

/**
 * Asserts that a Deferred has no result yet. It is left as it is.
 *
 * @throws AssertionError when it has one; a failure then counts as handled
 */
export function assertNoResult(deferred: Deferred<unknown>): void {
  requireDeferred(deferred, assertNoResult);
  const seen = look(deferred);
  if (seen === undefined) return;
  const { result } = seen;
  if (!(result instanceof Failure)) {
    refuse(assertNoResult, `No result was expected yet, but the Deferred has a value: ${inspect(result)}`);
  }
  deferred.addErrback(() => undefined);
  refuse(
    assertNoResult,
    `No result was expected yet, but the Deferred has failed: ${result.getTraceback()}`,
    result.value,
  );
}

type From = (...args: never[]) => unknown;

/** Looks at a result without changing it. */
function look(deferred: Deferred<unknown>): { result: unknown } | undefined {
  let seen: { result: unknown } | undefined;
  deferred.addBoth((result) => {
    seen = { result };
    return result;
  });
  return seen;
}

function take(deferred: Deferred<unknown>, from: From, wanted: string): { result: unknown } {
  requireDeferred(deferred, from);
  const noResult = (): never =>
    refuse(from, `${capital(wanted)} was expected, but the Deferred has no result yet: ${inspect(deferred)}`);
  // One that has not fired is left as it is, and shown without a trace of the test.
  if (!deferred.called) return noResult();
  const seen: { result: unknown }[] = [];
  deferred.addBoth((result) => void seen.push({ result }));
  return seen[0] ?? noResult();
}

/** A promise does not tell what it has now, and is easily passed by mistake: `then` of a Deferred returns one. */
function requireDeferred(deferred: unknown, from: From): void {
  if (isDeferred(deferred)) return;
  throw new InvalidArgumentError(`${from.name} takes a Deferred, not ${inspect(deferred)}; await a promise instead.`);
}

function refuse(from: From, message: string, cause?: unknown): never {
  // Plain AssertionErrors, so that every test runner knows what they are; the stack begins where the test called.
  const error = new AssertionError({ message, stackStartFn: from });
  if (cause !== undefined) error.cause = cause;
  throw error;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
