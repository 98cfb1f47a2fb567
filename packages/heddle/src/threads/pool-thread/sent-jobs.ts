import type { Job } from '../job/job.ts';
import type { KnownFunction } from './known-functions.ts';
import type { JobReference } from '../wire/reference.ts';

/** A job that a thread has got. */
export interface SentJob {
  readonly job: Job;
  readonly reference: JobReference;
  /** Its function, as the thread knew it then: what has been told of anew meanwhile has another number. */
  readonly known: KnownFunction;
  /** Whether it has taken something with it that is gone here. */
  readonly hasMoved: boolean;
  /** The functions that it may call here. */
  readonly passed: readonly Function[];
  /** For how many nanoseconds it is expected to run. */
  readonly expected: number;
}

/** The jobs that a thread has got, and has neither answered nor given back: by the slots in which it has them. */
export class SentJobs {
  readonly #bySlot: (SentJob | undefined)[] = [];
  #expected = 0;

  /** For how many nanoseconds they are expected to run, one after the other. */
  get expected(): number {
    return this.#expected;
  }

  put(slot: number, sent: SentJob): void {
    this.#bySlot[slot] = sent;
    this.#expected += sent.expected;
  }

  at(slot: number): SentJob | undefined {
    return this.#bySlot[slot];
  }

  take(slot: number): SentJob | undefined {
    const sent = this.#bySlot[slot];
    if (sent === undefined) return undefined;
    this.#bySlot[slot] = undefined;
    this.#expected -= sent.expected;
    return sent;
  }

  has(job: Job): boolean {
    return this.#bySlot[job.slot]?.job === job;
  }

  all(): SentJob[] {
    return this.#bySlot.filter((sent) => sent !== undefined);
  }
}
