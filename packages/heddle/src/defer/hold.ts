import { NotAcquiredError } from './not-acquired-error.ts';

/**
 * What `acquire()` fires with: one acquired lock, or one token of a semaphore,
 * which its holder gives back once. With `using hold = await lock.acquire()`
 * that happens at the end of the block.
 */
export class Hold implements Disposable {
  readonly #giveBack: () => void;
  #released = false;

  /** Made by `acquire()`. */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  /** Whether it has been given back. */
  get released(): boolean {
    return this.#released;
  }

  /**
   * Gives it back; the one who has waited longest gets it.
   *
   * @throws NotAcquiredError when it was given back before: a second release
   *   would take it from the next holder
   */
  release(): void {
    if (this.#released)
      throw new NotAcquiredError('This hold has been released before; one acquire() is one release().');
    this.#released = true;
    this.#giveBack();
  }

  /** Releases it unless that has been done. */
  [Symbol.dispose](): void {
    if (!this.#released) this.release();
  }
}
