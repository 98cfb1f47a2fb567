// As they were when this was loaded: a job may put another class in the place of `Promise`, as zone.js does.
const { then } = Promise.prototype;
const resolve: (value: unknown) => Promise<unknown> = Promise.resolve.bind(Promise);

/**
 * Waits for a promise of any make, as `await` does: of Node's own it takes what they settle with, once and later, whatever
 * `then` somebody has put on them; that one may call back at once, or twice.
 *
 * @throws what stands in the way of looking at it
 */
export function whenSettled<R>(
  promise: PromiseLike<unknown>,
  onValue: (value: unknown) => R,
  onError?: (error: unknown) => R,
): Promise<R> {
  return then.call(resolve(promise), onValue, onError) as Promise<R>;
}
