import { Deferred, isDeferred, type Settled } from './deferred.ts';
import { Hold } from './hold.ts';
import { maybeDeferred } from './maybe-deferred.ts';
import { NotAcquiredError } from './not-acquired-error.ts';
import { requireFunction } from './require-function.ts';
import { fail, succeed } from './succeed.ts';
import { isThenable } from './thenable.ts';
import { whenSettled } from './when-settled.ts';
import { WaitingLine } from './waiting-line.ts';

/** A number of tokens that are lent in the order of asking: what a lock and a semaphore have in common. */
export abstract class TokenPool {
  readonly #limit: number;
  #free: number;
  readonly #line: WaitingLine<Deferred<Hold>> = new WaitingLine();
  /** What is lent, the longest first. */
  readonly #holds: WaitingLine<Hold> = new WaitingLine();
  #serving = false;

  protected constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  protected get freeTokens(): number {
    return this.#free;
  }

  protected get allTokens(): number {
    return this.#limit;
  }

  /** How many wait for their `acquire()` to fire. */
  get waiting(): number {
    return this.#line.length;
  }

  /**
   * Fires with a {@link Hold} as soon as it is this caller's turn, at once if
   * nobody has to be waited for. Whoever gets it must release it. Cancelling
   * the Deferred while it waits leaves the line.
   */
  acquire(): Deferred<Hold> {
    if (this.#free > 0 && this.#line.length === 0) return succeed(this.#lend());
    const acquired: Deferred<Hold> = new Deferred<Hold>(() => this.#line.remove(place));
    const place = this.#line.push(acquired);
    return acquired;
  }

  /**
   * Gives back what was acquired; the one who has waited longest gets it.
   *
   * @throws NotAcquiredError when nothing is acquired
   */
  release(): void {
    if (this.#free === this.#limit) {
      throw new NotAcquiredError(`This ${this.constructor.name} is released, but nobody has acquired it.`);
    }
    // Whose end that is, nobody has said: the oldest of the holds must not give back what others have from now on.
    this.#holds.first?.release();
  }

  /**
   * Calls `f` when it is its turn, releases when what it gave has ended, well
   * or badly, and passes that on. Cancelling leaves the line, or cancels what
   * `f` gave: a promise cannot be, so that the next one waits until it is settled all the same.
   *
   * @returns fails at once with an InvalidArgumentError when `f` is no function
   */
  run<A extends unknown[], U>(f: (...args: A) => U, ...args: A): Deferred<Settled<U>> {
    try {
      requireFunction(f, 'What run calls');
    } catch (error) {
      return fail(error);
    }
    return this.acquire().addCallback((hold) => {
      const giveBack = (): void => hold[Symbol.dispose]();
      let goesOnWhenCancelled = false;
      const ended = maybeDeferred((): unknown => {
        const gave: unknown = f(...args);
        if (isDeferred(gave) || !isThenable(gave)) return gave;
        const settled = whenSettled(
          gave,
          (value) => {
            giveBack();
            return value;
          },
          (error) => {
            giveBack();
            throw error;
          },
        );
        goesOnWhenCancelled = true;
        return settled;
      });
      if (goesOnWhenCancelled) return ended;
      return ended.addBoth((result) => {
        giveBack();
        return result;
      });
    }) as unknown as Deferred<Settled<U>>;
  }

  #lend(): Hold {
    this.#free--;
    const hold: Hold = new Hold(() => {
      this.#holds.remove(place);
      this.#free++;
      this.#serve();
    });
    const place = this.#holds.push(hold);
    return hold;
  }

  /**
   * Lends free tokens to those in front. Whoever gets one may release it or
   * ask again before it returns here: that is left to this loop, so that a
   * long line does not grow the stack.
   */
  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#free > 0) {
        const next = this.#line.shift();
        if (next === undefined) return;
        // Someone may have fired the Deferred that was theirs to wait for: they have got what they wanted.
        if (next.item.called) continue;
        next.item.callback(this.#lend());
      }
    } finally {
      this.#serving = false;
    }
  }
}
