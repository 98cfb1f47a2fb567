/**
 * Slot numbers on their way from one side to the other, in order. One side puts them in, the other takes
 * them out. It has as many places as there are slots, so it is never full.
 */
export class SlotQueue {
  readonly #words: Int32Array;
  readonly #tail: number;
  readonly #places: number;
  readonly #mask: number;
  /** How many this side has put in, or taken out: each side uses one of the two. */
  #put = 0;
  #taken = 0;

  /**
   * @param tail the word that counts what has been put in
   * @param places the first of the places
   * @param size how many there are, a power of two
   */
  constructor(words: Int32Array, tail: number, places: number, size: number) {
    this.#words = words;
    this.#tail = tail;
    this.#places = places;
    this.#mask = size - 1;
  }

  put(slot: number): void {
    this.#words[this.#places + (this.#put & this.#mask)] = slot;
    this.#put = (this.#put + 1) | 0;
    // Published by this store: whoever sees the count sees the number, and all that was written before.
    Atomics.store(this.#words, this.#tail, this.#put);
  }

  /** The oldest number, or -1. */
  take(): number {
    if (this.isEmpty()) return -1;
    const slot = this.#words[this.#places + (this.#taken & this.#mask)] as number;
    this.#taken = (this.#taken + 1) | 0;
    return slot;
  }

  /** Whether there is nothing to take. */
  isEmpty(): boolean {
    return Atomics.load(this.#words, this.#tail) === this.#taken;
  }

  /** How many there are to take. */
  get size(): number {
    return (Atomics.load(this.#words, this.#tail) - this.#taken) | 0;
  }
}
