/** More steps than this are never made between two looks at the clock. */
const LONGEST_STRIDE = 8;
/** Where a stride took less than this, in milliseconds, the next one may be longer. */
const SHORT = 0.05;

/**
 * Says when a turn's share of the loop's time is used up.
 *
 * A look at the clock costs more than a small step, so that for quick steps it
 * looks at every eighth only. A turn begins with a look after each step, and a
 * long one brings that back.
 */
export class TimeSlice {
  readonly #length: number;
  readonly #now: () => number;
  #until = 0;
  #lookedAt = 0;
  #stride = 1;
  #left = 1;

  /** @param length milliseconds */
  constructor(length: number, now: () => number) {
    this.#length = length;
    this.#now = now;
  }

  begin(): void {
    this.#lookedAt = this.#now();
    this.#until = this.#lookedAt + this.#length;
    this.#stride = 1;
    this.#left = 1;
  }

  /** To be asked after each step. */
  isOver(): boolean {
    return --this.#left === 0 && this.#look();
  }

  #look(): boolean {
    const now = this.#now();
    this.#stride = now - this.#lookedAt < SHORT ? Math.min(this.#stride * 2, LONGEST_STRIDE) : 1;
    this.#left = this.#stride;
    this.#lookedAt = now;
    return now >= this.#until;
  }
}
