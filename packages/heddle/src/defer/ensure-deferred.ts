import { Deferred, toDeferred, type Settled } from './deferred.ts';
import { isThenable } from './thenable.ts';

/**
 * Gives a Deferred for whatever can be waited for: a Deferred itself, the
 * promise of an async function, a generator that yields Deferreds. For code
 * that accepts any of them and goes on with callbacks, and to give a promise a
 * type under `yield*`.
 *
 * @throws NotACoroutineError when it is none of them; for values as well, use {@link maybeDeferred}
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { ensureDeferred } from 'heddle/defer';
 *
 * const size = ensureDeferred(readFile('/dev/null')).addCallback((bytes) => bytes.length);
 * console.log(await size); // prints 0
 * ```
 */
export function ensureDeferred<T>(deferred: Deferred<T>): Deferred<T>;
export function ensureDeferred<T>(promise: PromiseLike<T>): Deferred<Awaited<T>>;
export function ensureDeferred<R>(generator: Generator<unknown, R, unknown>): Deferred<Settled<R>>;
export function ensureDeferred(coroutine: unknown): Deferred<unknown> {
  if (isThenable(coroutine)) return toDeferred(coroutine);
  return fromCoroutine(coroutine as Generator<unknown, unknown, unknown>);
}

/** {@link Deferred.fromCoroutine} as a function. */
export function fromCoroutine<R>(coroutine: Generator<unknown, R, unknown> | PromiseLike<R>): Deferred<Settled<R>> {
  return Deferred.fromCoroutine(coroutine);
}
