/**
 * What the two sides know of the thread's calls to the reactor, which go as messages: how many there have been, so
 * that none is overtaken by the result of its job; and a word on which a thread sleeps that waits for an answer.
 */
export class CallCount {
  readonly #words: Int32Array;
  readonly #made: number;
  readonly #answers: number;

  constructor(words: Int32Array, made: number, answers: number) {
    this.#words = words;
    this.#made = made;
    this.#answers = answers;
  }

  /** How many the thread has made. */
  get made(): number {
    return Atomics.load(this.#words, this.#made);
  }

  /** The thread has sent one. */
  oneWasMade(): void {
    Atomics.add(this.#words, this.#made, 1);
  }

  /** Wakes a thread that waits for an answer: there is one, or it need not wait for it any more. */
  wake(): void {
    Atomics.add(this.#words, this.#answers, 1);
    Atomics.notify(this.#words, this.#answers);
  }

  /** What to hand to {@link sleep}, to be read before the last look whether there is an answer. */
  get wakings(): number {
    return Atomics.load(this.#words, this.#answers);
  }

  /** Sleeps until it has been woken more often than `wakings` times. */
  sleep(wakings: number): void {
    Atomics.wait(this.#words, this.#answers, wakings);
  }
}
