import type { CurrentJob } from '../wire/inside.ts';
import type { JobDemand } from '../wire/job-demand.ts';

/** A job that runs, or has run: what it left behind may still ask. */
export class RunningJob implements CurrentJob {
  readonly #slot: number;
  readonly #demand: () => JobDemand;
  readonly isHeldUp: () => void;
  readonly #waiting: (() => void)[] = [];
  #cancelled = false;
  #ended = false;

  /**
   * @param demand good until the job has ended
   * @param isHeldUp only where somebody waits for that; the reactor's side knows how many items it has
   */
  constructor(slot: number, demand: () => JobDemand, isHeldUp: () => void = () => {}) {
    this.#slot = slot;
    this.#demand = demand;
    this.isHeldUp = isHeldUp;
  }

  get slot(): number | undefined {
    return this.#ended ? undefined : this.#slot;
  }

  isCancelled(): boolean {
    if (!this.#ended) this.#cancelled ||= this.#demand() !== 'all';
    return this.#cancelled;
  }

  isLeft(): boolean {
    return !this.#ended && this.#demand() === 'end';
  }

  whenCancelled(f: () => void): void {
    this.#waiting.push(f);
  }

  /** Tells those that wait for the cancel, if there has been one. */
  look(): void {
    if (!this.#ended && this.isCancelled()) for (const f of this.#waiting.splice(0)) f();
  }

  /** What it says of its cancel stays as it is now. */
  end(): void {
    this.isCancelled();
    this.#ended = true;
  }
}
