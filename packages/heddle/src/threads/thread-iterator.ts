import { type Patience, type StartIteration, ThreadItems } from './thread-items.ts';

/**
 * The items that a function gives in a thread, one after the other: what
 * `iterateInThread` returns. For `for await`, or to be asked by `next()`.
 *
 * The call is made when the first item is wanted, in the async context of the place
 * that asked for the iterator. To leave the loop early ends
 * the generator in its thread: its `finally` runs, and the loop goes on when that
 * is done. One that nobody has any more is left when it is collected.
 */
export class ThreadIterator<T, R = unknown> implements AsyncIterableIterator<T, R | undefined>, AsyncDisposable {
  readonly #items: ThreadItems<T, R>;

  /**
   * @param buffer how many items the thread may be ahead
   * @param patience for how long it waits with its place kept
   */
  constructor(start: StartIteration<R>, buffer: number, patience: Patience) {
    this.#items = new ThreadItems(start, buffer, patience);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, R | undefined>> {
    return this.#items.next(this);
  }

  async return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R | undefined>> {
    const settled = Promise.resolve(value);
    // It may be rejected before the generator has ended.
    settled.catch(() => {});
    await this.#items.leave();
    return { done: true, value: await settled };
  }

  async throw(error: unknown): Promise<IteratorResult<T, R | undefined>> {
    await this.#items.leave();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#items.leave();
  }
}
