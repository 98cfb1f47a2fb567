/** So many looks in a row that found nothing are enough to stop looking. */
const MOST_MISSES = 8;
/** And so many times it is left out before it is tried again. */
const REST = 32;

/**
 * Whether it pays to look for work for a moment before sleeping. Where both sides have a processor it nearly always
 * does; where they share one, whoever looks keeps the other from bringing what it looks for.
 */
export class Lookout {
  #misses = 0;
  #rest = 0;

  /** Asked before each look. Now and then it says yes although it did not pay: things may have changed. */
  pays(): boolean {
    if (this.#rest === 0) return true;
    this.#rest--;
    return false;
  }

  /** A look has found something. */
  found(): void {
    this.#misses = 0;
  }

  /** A look has found nothing. */
  missed(): void {
    this.#misses++;
    if (this.#misses >= MOST_MISSES) this.#rest = REST;
  }
}
