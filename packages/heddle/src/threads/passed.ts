import { AsyncResource } from 'node:async_hooks';
import { requireFunction } from '../defer/require-function.ts';
import { type Callable, partsOfCallable } from './callable/resolve.ts';
import { resolveSendable } from './callable/without-address.ts';
import type { ThreadCallable } from './thread-arguments.ts';
import { markPassed, type Resolved } from './wire/values/passed.ts';
import { isPromise } from './wire/is-promise.ts';

/**
 * Passes a function to a thread that calls it to tell something: progress, a
 * log line. `f` runs in this thread, and the one that calls it does not wait.
 *
 * It stands among the arguments of a call, at any depth, or among the values
 * that a deferred function captures. Its own arguments are copied like those of
 * any call. All that it is told comes before the call ends; when it has ended,
 * the function is released, and what is told later is dropped with a warning.
 * What a call tells that was given up and goes on is dropped. What it
 * throws is reported as a failure that nobody handled. It runs in the async
 * context in which `notify` was called.
 *
 * @param f what is to be called here
 * @returns stands for `f` in the arguments; called here, it calls `f`
 * @throws InvalidArgumentError when `f` is no function
 *
 * @example
 * ```ts file=copy.ts
 * export function square(numbers: number[], progress: (done: number) => void): number[] {
 *   return numbers.map((n, index) => {
 *     progress(index + 1);
 *     return n * n;
 *   });
 * }
 * ```
 * ```ts
 * import { deferToThread, notify } from 'heddle';
 * import { square } from './copy.ts';
 *
 * const seen: number[] = [];
 * const squares = await deferToThread(square, [1, 2, 3], notify((done) => seen.push(done)));
 * console.log(squares, seen); // prints [ 1, 4, 9 ] [ 1, 2, 3 ]
 * ```
 */
export function notify<A extends unknown[]>(f: (...args: A) => unknown): ThreadCallable<(...args: A) => void> {
  return passedBack('notify', f, (...args: A) => void f(...args));
}

/**
 * Passes a function to a thread that calls it to get an answer. `f` runs in
 * this thread, and the one that calls it waits, blocked, for what it returns: a
 * Deferred or a promise is waited for, an error is thrown there.
 *
 * For the part of blocking work that only the reactor can do: look into a
 * cache, ask a database through a client that lives here. A thread that waits
 * for longer than `f` runs counts as absent, so that others may work in its
 * place; `f` may defer to the same pool. The wait ends with a CancelledError
 * when the call is given up.
 *
 * @param f what is to be called here
 * @returns stands for `f` in the arguments; called here, it calls `f`
 * @throws InvalidArgumentError when `f` is no function
 *
 * @example
 * ```ts file=render.ts
 * export function render(names: string[], lookUp: (name: string) => string): string {
 *   return names.map((name) => `${name}: ${lookUp(name)}`).join('; ');
 * }
 * ```
 * ```ts
 * import { ask, deferToThread } from 'heddle';
 * import { render } from './render.ts';
 *
 * const prices = new Map([['warp', '3'], ['weft', '4']]);
 * const lookUp = async (name: string) => prices.get(name) ?? 'unknown';
 * console.log(await deferToThread(render, ['warp', 'weft'], ask(lookUp))); // prints warp: 3; weft: 4
 * ```
 */
export function ask<A extends unknown[], R>(f: (...args: A) => R): ThreadCallable<(...args: A) => Awaited<R>> {
  return passedBack('ask', f, (...args: A) => f(...args) as Awaited<R>);
}

/**
 * Passes a function to a thread, to run there: a comparator, a filter. It gets
 * there as a deferred function does, by its address or by its text and the
 * values it captures, which are read now.
 *
 * @param f what is to run in the thread
 * @returns stands for `f` in the arguments; called here, it calls `f`
 * @throws InvalidArgumentError when `f` is no function
 *
 * @example
 * ```ts file=sorted.ts
 * export function sorted<T>(items: T[], compare: (a: T, b: T) => number): T[] {
 *   return items.toSorted(compare);
 * }
 * ```
 * ```ts
 * import { deferToThread, inThread } from 'heddle';
 * import { sorted } from './sorted.ts';
 *
 * const order = -1;
 * const compare = (a: number, b: number): number => (a - b) * order;
 * console.log(await deferToThread(sorted<number>, [1, 3, 2], inThread(compare))); // prints [ 3, 2, 1 ]
 * ```
 */
export function inThread<A extends unknown[], R>(f: (...args: A) => R): ThreadCallable<(...args: A) => R> {
  requireFunction(f, 'What inThread passes');
  const found = new PassedCallable(f);
  const wrapper = (...args: A): R => Reflect.apply(f, undefined, args) as R;
  const passed = markPassed(wrapper, { way: 'inThread', f, resolve: () => found.resolve() });
  return named(f, passed) as ThreadCallable<(...args: A) => R>;
}

function passedBack<A extends unknown[], R>(
  way: 'notify' | 'ask',
  f: Function,
  wrapper: (...args: A) => R,
): ThreadCallable<(...args: A) => R> {
  requireFunction(f, `What ${way} passes`);
  const bound = AsyncResource.bind(f as (...args: unknown[]) => unknown, 'HeddlePassedFunction');
  return named(f, markPassed(wrapper, { way, f: named(f, bound) })) as ThreadCallable<(...args: A) => R>;
}

function named<F extends Function>(original: Function, f: F): F {
  return Object.defineProperty(f, 'name', { value: original.name });
}

/** How a thread gets a function, which is looked for when it is passed. */
class PassedCallable {
  #callable: Callable | Promise<Callable> | undefined;
  #error: unknown;

  constructor(f: Function) {
    try {
      this.#callable = resolveSendable(f);
    } catch (error) {
      this.#error = error;
    }
    if (!isPromise(this.#callable)) return;
    this.#callable.then(
      (callable) => {
        this.#callable = callable;
      },
      (error: unknown) => {
        this.#callable = undefined;
        this.#error = error;
      },
    );
  }

  /** @throws CallableError */
  resolve(): Resolved | Promise<Resolved> {
    if (this.#callable === undefined) throw this.#error;
    if (isPromise(this.#callable)) return this.#callable.then(partsOfCallable);
    return partsOfCallable(this.#callable);
  }
}
