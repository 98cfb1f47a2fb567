import { inspect } from 'node:util';
import { isGenerator, NotACoroutineError } from './coroutine.ts';
import { Deferred, type Settled } from './deferred.ts';
import { InvalidArgumentError } from './errors.ts';

/**
 * Makes a function of a generator function in which `yield*` waits for a
 * Deferred, as `await` does for a promise, but without a turn of the loop in
 * between: it runs at once as far as results are at hand, and goes on from the
 * very place that fires the Deferred it waits for.
 *
 * Use it where that matters (code that a test drives step by step, protocols)
 * or where cancelling must reach into the function: cancelling the Deferred it
 * gave cancels the one it waits for, and the generator sees a CancelledError,
 * which it may catch. An async function can wait for Deferreds too, but cannot
 * be cancelled.
 *
 * `yield* deferred` has the type of the value; for a promise, write
 * `yield* ensureDeferred(promise)`. A plain `yield` waits too, but TypeScript
 * cannot know what it gives. The function's arguments and `this` are kept. A
 * Deferred or promise that it returns is waited for.
 *
 * @throws NotACoroutineError (the new function, when it is called) when the
 *   function gave something that is not a generator
 *
 * @example
 * ```ts
 * import { inlineCallbacks, succeed } from 'heddle/defer';
 *
 * const total = inlineCallbacks(function* (price: number) {
 *   const rate = yield* succeed(0.19);
 *   return price * (1 + rate);
 * });
 * total(100).addCallback((sum) => console.log(sum)); // prints 119
 * ```
 */
export function inlineCallbacks<This, A extends unknown[], R>(
  generatorFunction: (this: This, ...args: A) => Generator<unknown, R, unknown>,
): (this: This, ...args: A) => Deferred<Settled<R>> {
  if (typeof generatorFunction !== 'function') {
    throw new InvalidArgumentError(
      `inlineCallbacks() needs a generator function (function*), not ${inspect(generatorFunction, { depth: 0 })}.`,
    );
  }
  function start(this: This, ...args: A): Deferred<Settled<R>> {
    const generator = generatorFunction.apply(this, args);
    if (!isGenerator(generator)) throw notAGenerator(generatorFunction.name, generator);
    return Deferred.fromCoroutine(generator);
  }
  Object.defineProperty(start, 'name', { value: generatorFunction.name, configurable: true });
  Object.defineProperty(start, 'length', { value: generatorFunction.length, configurable: true });
  return start;
}

function notAGenerator(name: string, found: unknown): NotACoroutineError {
  const called = name === '' ? 'The function given' : `${name}()`;
  const gave = found instanceof Promise ? 'a promise' : inspect(found, { depth: 0 });
  return new NotACoroutineError(
    found,
    `${called} gave ${gave}, but inlineCallbacks() needs a generator function (function*). ` +
      'An async function needs no inlineCallbacks: call it, or give its promise to ensureDeferred().',
  );
}
