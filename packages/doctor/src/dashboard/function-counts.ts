import type { FunctionRow } from './sample.ts';

/** What one call adds. */
export interface EndedCall {
  readonly pool: string;
  readonly functionName: string;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
}

interface Count {
  readonly functionName: string;
  readonly pool: string;
  /** By which the counts are ranked: what the one before in this place had is in it. */
  rank: number;
  count: number;
  failed: number;
  cancelled: number;
  timed: number;
  total: number;
  longest: number;
}

/**
 * Counts calls by function, for the functions that are called most: any number of functions in a fixed number of places.
 *
 * One that comes when all places are taken gets that of the least frequent, and its rank, so that whatever is called more
 * than once in as many calls as there are places keeps one. This is the space-saving algorithm of Metwally, Agrawal and
 * El Abbadi (2005).
 */
export class FunctionCounts {
  readonly #places: number;
  readonly #pools = new Map<string, Map<string, Count>>();
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** @param runTime in milliseconds; undefined where nobody knows it */
  add({ pool, functionName, outcome }: EndedCall, runTime: number | undefined): void {
    const count = this.#pools.get(pool)?.get(functionName) ?? this.#place(pool, functionName);
    count.rank++;
    count.count++;
    if (outcome === 'failed') count.failed++;
    else if (outcome === 'cancelled') count.cancelled++;
    if (runTime === undefined) return;
    count.timed++;
    count.total += runTime;
    if (runTime > count.longest) count.longest = runTime;
  }

  rows(): FunctionRow[] {
    return [...this.#counts()].map(({ functionName, pool, count, failed, cancelled, timed, total, longest }) => ({
      functionName,
      pool,
      count,
      failed,
      cancelled,
      timed,
      total,
      longest,
    }));
  }

  #place(pool: string, functionName: string): Count {
    const rank = this.#taken < this.#places ? 0 : this.#evict();
    const count = { functionName, pool, rank, count: 0, failed: 0, cancelled: 0, timed: 0, total: 0, longest: 0 };
    let functions = this.#pools.get(pool);
    if (functions === undefined) {
      functions = new Map();
      this.#pools.set(pool, functions);
    }
    functions.set(functionName, count);
    this.#taken++;
    return count;
  }

  /** Frees the place of the least frequent, and gives its rank. */
  #evict(): number {
    let least: Count | undefined;
    for (const count of this.#counts()) if (least === undefined || count.rank < least.rank) least = count;
    if (least === undefined) return 0;
    const functions = this.#pools.get(least.pool);
    functions?.delete(least.functionName);
    if (functions?.size === 0) this.#pools.delete(least.pool);
    this.#taken--;
    return least.rank;
  }

  *#counts(): Generator<Count, void> {
    for (const functions of this.#pools.values()) yield* functions.values();
  }
}

/** Adds up the rows of several counts. */
export function sumOfRows(all: readonly (readonly FunctionRow[])[]): FunctionRow[] {
  const sums = new Map<string, FunctionRow>();
  for (const row of all.flat()) {
    const key = `${row.pool}\n${row.functionName}`;
    const sum = sums.get(key);
    sums.set(
      key,
      sum === undefined
        ? row
        : {
            ...row,
            count: sum.count + row.count,
            failed: sum.failed + row.failed,
            cancelled: sum.cancelled + row.cancelled,
            timed: sum.timed + row.timed,
            total: sum.total + row.total,
            longest: Math.max(sum.longest, row.longest),
          },
    );
  }
  return [...sums.values()];
}
