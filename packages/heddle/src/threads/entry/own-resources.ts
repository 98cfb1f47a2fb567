/** What keeps the thread while it waits for work. */
export interface Hold {
  ref(): unknown;
  unref(): unknown;
}

/**
 * Finds out when nothing that jobs have left behind keeps this thread: no server, no socket, no timer. That is when Node
 * would end the thread if what brings it work did not hold it: so that lets go, Node says that it is about to end the
 * thread, and it is held again. Nothing is counted, and nobody looks again and again.
 */
export class OwnResources {
  readonly #hold: Hold;
  readonly #isIdle: () => boolean;
  readonly #answer: (ask: number) => void;
  /** The number of the ask that has not been answered; 0 for none. */
  #ask = 0;
  #listens = false;

  /**
   * @param hold the port or pipe that brings work
   * @param answer tells the pool that an ask has its answer
   */
  constructor(hold: Hold, isIdle: () => boolean, answer: (ask: number) => void) {
    this.#hold = hold;
    this.#isIdle = isIdle;
    this.#answer = answer;
  }

  /** Answers with the same number once nothing keeps the thread. */
  tellWhenGone(ask: number): void {
    this.#ask = ask;
    this.#hold.unref();
    if (this.#listens) return;
    this.#listens = true;
    process.on('beforeExit', () => this.#areGone());
  }

  /** There is work, and the thread is held again. */
  forget(): void {
    if (this.#ask === 0) return;
    this.#ask = 0;
    this.#hold.ref();
  }

  #areGone(): void {
    const ask = this.#ask;
    this.#ask = 0;
    this.#hold.ref();
    if (ask > 0 && this.#isIdle()) this.#answer(ask);
  }
}
