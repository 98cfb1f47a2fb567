import type { Job } from '../job/job.ts';

/**
 * Whether a thread can do nothing for the jobs that it has: it waits for the reactor's answer, or all that it may run at
 * once wait for somebody who takes their items.
 */
export class Absence {
  readonly #concurrency: number;
  readonly #counts: () => boolean;
  readonly #hasChanged: (isAbsent: boolean) => void;
  #waitsForAnswer = false;
  /** The jobs that go on when items of theirs are taken. */
  readonly #heldUp = new Set<Job>();
  #isAbsent = false;

  /** @param counts whether it may be absent yet; {@link Absence.look} when that changes */
  constructor(concurrency: number, counts: () => boolean, hasChanged: (isAbsent: boolean) => void) {
    this.#concurrency = concurrency;
    this.#counts = counts;
    this.#hasChanged = hasChanged;
  }

  get isAbsent(): boolean {
    return this.#isAbsent;
  }

  /** The thread waits for the reactor's answer, and does nothing else. */
  waitsForAnswer(): void {
    this.#waitsForAnswer = true;
    this.look();
  }

  hasAnswer(): void {
    this.#waitsForAnswer = false;
    this.look();
  }

  jobIsHeldUp(job: Job): void {
    this.#heldUp.add(job);
    this.look();
  }

  /** The job, held up or not, goes on, or has ended. */
  jobGoesOn(job: Job): void {
    if (this.#heldUp.size > 0 && this.#heldUp.delete(job)) this.look();
  }

  look(): void {
    const waits = this.#waitsForAnswer && this.#counts();
    const isAbsent = waits || this.#heldUp.size >= this.#concurrency;
    if (isAbsent === this.#isAbsent) return;
    this.#isAbsent = isAbsent;
    this.#hasChanged(isAbsent);
  }
}
