/** More places than these are counted anew when they come again. */
const MOST_PLACES = 500;
const PAUSE_MS = 60_000;

interface Place {
  count: number;
  /** When it was warned of last. */
  warned: number;
  /** What has come since, of which nobody was told. */
  leftOut: number;
  leftOutTime: number;
}

/** What was left out since the last warning of a place. */
export interface LeftOut {
  readonly times: number;
  /** In milliseconds. */
  readonly time: number;
}

/** How often each place has blocked the loop, and when it was last complained of. */
export class Places {
  readonly #places = new Map<string, Place>();

  /** Counts one more, and gives how many it were. */
  count(key: string): number {
    const place = this.#places.get(key) ?? { count: 0, warned: Number.NEGATIVE_INFINITY, leftOut: 0, leftOutTime: 0 };
    // The last in the order of insertion is the last that was met.
    this.#places.delete(key);
    this.#places.set(key, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MOST_PLACES && oldest !== undefined) this.#places.delete(oldest);
    return ++place.count;
  }

  /**
   * Whether to warn now of a place that has been counted: then, of what had been left out; else `undefined`.
   *
   * @param isUrgent whether to warn in any case
   */
  warns(key: string, duration: number, now: number, isUrgent: boolean): LeftOut | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return { times: 0, time: 0 };
    if (!isUrgent && now - place.warned < PAUSE_MS) {
      place.leftOut++;
      place.leftOutTime += duration;
      return undefined;
    }
    const leftOut = { times: place.leftOut, time: place.leftOutTime };
    place.warned = now;
    place.leftOut = 0;
    place.leftOutTime = 0;
    return leftOut;
  }
}
