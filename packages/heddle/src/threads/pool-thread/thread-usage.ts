import type { ThreadStatistics } from '../observing/statistics.ts';

/** What one thread has done so far. */
export class ThreadUsage {
  readonly #name: string;
  readonly #now: () => number;
  readonly #concurrency: number;
  readonly #madeAt: number;
  #calls = 0;
  #busyMicroseconds = 0;
  #cpuMicroseconds = 0;

  /**
   * @param now the time as the pool counts it, in milliseconds
   * @param concurrency how many calls the thread may have at a time
   */
  constructor(name: string, now: () => number, concurrency: number) {
    this.#name = name;
    this.#concurrency = concurrency;
    this.#now = now;
    this.#madeAt = now();
  }

  /** @param cpuMicroseconds negative where that was not measured */
  hasRun(microseconds: number, cpuMicroseconds: number): void {
    this.#calls++;
    if (cpuMicroseconds >= 0) this.#cpuMicroseconds += cpuMicroseconds;
    this.#busyMicroseconds += microseconds;
  }

  /** @param running for how many milliseconds the jobs have been running that run now, all together */
  statistics(running: number): ThreadStatistics {
    const life = (this.#now() - this.#madeAt) * this.#concurrency;
    const busy = this.#busyMicroseconds / 1000 + running;
    return {
      name: this.#name,
      calls: this.#calls,
      utilization: life > 0 ? Math.min(1, busy / life) : 0,
      cpuTime: this.#cpuMicroseconds / 1000,
    };
  }
}
