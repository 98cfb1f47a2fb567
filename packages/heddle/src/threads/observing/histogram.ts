/** The bound of the first bucket is one microsecond, of each other twice the one before, of the last but one 67 s. */
const BOUNDS = 27;
const MOST = 2 ** 31 - 1;

/** How many times were how long. */
export interface HistogramSnapshot {
  readonly count: number;
  /** All of them together, in milliseconds. */
  readonly sum: number;
  /** From short to long. The last has no bound. */
  readonly buckets: readonly HistogramBucket[];
}

/** The times up to a bound that were longer than the bound before. */
export interface HistogramBucket {
  /** In milliseconds; the last one's is Infinity. */
  readonly upTo: number;
  readonly count: number;
}

/** Counts times in buckets of exponential bounds, in memory that never grows. */
export class Histogram {
  readonly #counts = new Float64Array(BOUNDS + 1);
  #microseconds = 0;

  add(microseconds: number): void {
    const whole = Math.ceil(Math.min(Math.max(microseconds, 1), MOST));
    const index = Math.min(32 - Math.clz32(whole - 1), BOUNDS);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#microseconds += microseconds;
  }

  snapshot(): HistogramSnapshot {
    const buckets = Array.from(this.#counts, (count, index) => ({
      upTo: index === BOUNDS ? Number.POSITIVE_INFINITY : 2 ** index / 1000,
      count,
    }));
    return { count: buckets.reduce((sum, { count }) => sum + count, 0), sum: this.#microseconds / 1000, buckets };
  }
}
