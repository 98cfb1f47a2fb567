/**
 * Which boundary of a row of intervals a time belongs to, for a loop whose
 * calls are due at `start + n * interval`.
 *
 * Sums of floating-point numbers, and timers, may wake a loop an instant
 * before the boundary that it was to be woken for. The boundary a call was
 * scheduled for is therefore remembered, and counts as reached when it is
 * made: no call is made twice, and the times never drift from `start`.
 */
export class Ticks {
  readonly interval: number;
  #start: number;
  /** The boundary that the latest call was scheduled for. */
  #planned = 0;

  /** @param interval milliseconds, above 0 */
  constructor(start: number, interval: number) {
    this.interval = interval;
    this.#start = start;
  }

  /** Whole intervals from the start to `now`. */
  at(now: number): number {
    return Math.max(this.#planned, Math.floor((now - this.#start) / this.interval));
  }

  /** Plans a call for the first boundary after `now`; the milliseconds until then. */
  plan(now: number): number {
    this.#planned = this.at(now) + 1;
    return Math.max(0, this.#start + this.#planned * this.interval - now);
  }

  /** The boundaries are counted from another time on. */
  restart(now: number): void {
    this.#start = now;
    this.#planned = 0;
  }

  /** How many boundaries before the start `time` lies, as a number below 0, or 0 if it is less than one interval. */
  before(time: number): number {
    return Math.trunc((time - this.#start) / this.interval);
  }
}
