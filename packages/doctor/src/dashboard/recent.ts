/**
 * What happened in the last while, in memory that does not grow: of two periods, the newer is added to, and the older
 * is dropped when the newer is over. So it always tells of one to two periods. To ask for the time with every call would
 * cost more than all else that is done with it, so a timer turns the periods.
 */
export class Recent<T> {
  #older: T | undefined;
  #newer: T;
  readonly #timer: NodeJS.Timeout;

  /** @param period in milliseconds */
  constructor(make: () => T, period: number) {
    this.#newer = make();
    this.#timer = setInterval(() => {
      this.#older = this.#newer;
      this.#newer = make();
    }, period);
    this.#timer.unref();
  }

  /** What is to be added to. */
  get current(): T {
    return this.#newer;
  }

  /** What there is, the newer first. */
  all(): T[] {
    return this.#older === undefined ? [this.#newer] : [this.#newer, this.#older];
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
