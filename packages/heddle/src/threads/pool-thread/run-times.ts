import type { JobReference } from '../wire/reference.ts';

/** More than anything that matters: how long a function takes is not known before it has run. */
const UNKNOWN_NANOSECONDS = 2 ** 30;
/** What a job takes its thread beside the function. */
const BESIDE_NANOSECONDS = 250;
/** How much one job counts that took less than expected. */
const WEIGHT = 1 / 8;
/**
 * One that took longer counts up to twice as much as was expected, and this. The collector or another program may have
 * kept it, and whoever waits behind it meanwhile is soon taken elsewhere; a function that has become slow is known to be
 * after a few calls.
 */
const GRACE_NANOSECONDS = 5000;

/** How long a function is expected to run: rather too long than too short, since others may have to wait for it. */
export class RunTime {
  /** A whole number, so that sums of them are exact. */
  nanoseconds: number = UNKNOWN_NANOSECONDS;

  get isKnown(): boolean {
    return this.nanoseconds !== UNKNOWN_NANOSECONDS;
  }

  hasRun(microseconds: number): void {
    const ran = Math.min(Math.ceil(microseconds * 1000) + BESIDE_NANOSECONDS, UNKNOWN_NANOSECONDS);
    const expected = this.nanoseconds;
    if (!this.isKnown) this.nanoseconds = ran;
    else if (ran > expected) this.nanoseconds = Math.min(ran, 2 * expected + GRACE_NANOSECONDS);
    else this.nanoseconds = expected - Math.ceil((expected - ran) * WEIGHT);
  }
}

/** How long the functions of a pool run, in whichever thread. */
export class RunTimes {
  readonly #times = new WeakMap<JobReference, RunTime>();

  of(reference: JobReference): RunTime {
    let time = this.#times.get(reference);
    if (time === undefined) {
      time = new RunTime();
      this.#times.set(reference, time);
    }
    return time;
  }
}
