/** After how much use a thread is ended, so that another takes its place. */
export interface WearLimits {
  readonly calls: number;
  readonly bytes: number;
}

/** Tells when a thread has been used enough. */
export class ThreadWear {
  readonly #limits: WearLimits;
  readonly #memory: () => number | undefined;
  #calls = 0;

  /** @param memory how many bytes the thread uses, as far as that is known */
  constructor(limits: WearLimits, memory: () => number | undefined) {
    this.#limits = limits;
    this.#memory = memory;
  }

  jobHasEnded(): void {
    this.#calls++;
  }

  /** Whether it shall do no more jobs. */
  get isWorn(): boolean {
    const { calls, bytes } = this.#limits;
    return this.#calls >= calls || (bytes !== Number.POSITIVE_INFINITY && (this.#memory() ?? 0) > bytes);
  }

  /** Whether it may have another job beside those that it has. */
  allowsBeside(load: number): boolean {
    return this.#calls + load < this.#limits.calls && !this.isWorn;
  }
}
