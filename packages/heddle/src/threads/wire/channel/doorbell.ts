const AWAKE = 0;
const PARKED = 1;
const IN_LOOP = 2;
const PATIENT = 3;

/** What whoever has rung must do still: nothing, or send a message to the one that waits in its event loop. */
export type Ring = 'done' | 'message';

/**
 * How a side that has nothing to do is woken. It sleeps in one of two ways: parked in `Atomics.wait`, on the
 * very word that says so, or in its event loop, where only a message reaches it.
 *
 * The sleeper says that it sleeps and then looks once more whether there is work; the other side puts work in
 * and then looks whether the sleeper sleeps. Both by atomic operations, so at least one of them sees the other.
 */
export class Doorbell {
  readonly #words: Int32Array;
  readonly #at: number;

  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  /**
   * Wakes the sleeper, if it sleeps.
   *
   * @param moreComes whether this side rings again in a moment, by itself: a patient sleeper then sleeps on
   */
  ring(moreComes: boolean = false): Ring {
    const state = Atomics.load(this.#words, this.#at);
    if (state === AWAKE || (moreComes && state === PATIENT)) return 'done';
    // An exchange, since a parked sleeper may go to its loop at this moment: either way it is awake from now on.
    const slept = Atomics.exchange(this.#words, this.#at, AWAKE);
    if (slept === PARKED) Atomics.notify(this.#words, this.#at);
    return slept === IN_LOOP || slept === PATIENT ? 'message' : 'done';
  }

  /**
   * Sleeps in `Atomics.wait` until the bell rings, there is work, or the time is over.
   *
   * @returns whether to look for work; otherwise a message will come when there is some
   */
  park(hasWork: () => boolean, milliseconds: number): boolean {
    Atomics.store(this.#words, this.#at, PARKED);
    if (hasWork()) {
      this.stayAwake();
      return true;
    }
    if (Atomics.wait(this.#words, this.#at, PARKED, milliseconds) !== 'timed-out') return true;
    if (Atomics.compareExchange(this.#words, this.#at, PARKED, IN_LOOP) !== PARKED) return true;
    return this.#lookOnceMore(hasWork);
  }

  /**
   * Asks for a message when there is work.
   *
   * @param isPatient whether one message for work that comes together will do
   * @returns whether there is some already
   */
  sleepInLoop(hasWork: () => boolean, isPatient: boolean = false): boolean {
    Atomics.store(this.#words, this.#at, isPatient ? PATIENT : IN_LOOP);
    return this.#lookOnceMore(hasWork);
  }

  /** Lets the other side ring for nothing: this side looks by itself. */
  stayAwake(): void {
    Atomics.store(this.#words, this.#at, AWAKE);
  }

  // A message may be on its way nevertheless; it then finds nothing to do.
  #lookOnceMore(hasWork: () => boolean): boolean {
    if (!hasWork()) return false;
    this.stayAwake();
    return true;
  }
}
