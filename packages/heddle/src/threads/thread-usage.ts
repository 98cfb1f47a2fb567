import type { ThreadStatistics } from './statistics.ts';

/** How much one job counts in the average of how long jobs take. */
const WEIGHT = 1 / 8;

/** What one thread has done, and how long its jobs take. */
export class ThreadUsage {
  readonly #name: string;
  readonly #now: () => number;
  readonly #madeAt: number;
  #calls = 0;
  #busyMicroseconds = 0;
  #cpuMicroseconds = 0;
  #average: number | undefined;

  /** @param now the time as the pool counts it, in milliseconds */
  constructor(name: string, now: () => number) {
    this.#name = name;
    this.#now = now;
    this.#madeAt = now();
  }

  /** How many microseconds its jobs take; undefined before the first has ended. */
  get average(): number | undefined {
    return this.#average;
  }

  /** @param cpuMicroseconds negative where that was not measured */
  hasRun(microseconds: number, cpuMicroseconds: number): void {
    this.#calls++;
    if (cpuMicroseconds >= 0) this.#cpuMicroseconds += cpuMicroseconds;
    this.#busyMicroseconds += microseconds;
    this.#average =
      this.#average === undefined ? microseconds : this.#average + WEIGHT * (microseconds - this.#average);
  }

  /** @param running for how many milliseconds the job has been running that runs now */
  statistics(running: number): ThreadStatistics {
    const life = this.#now() - this.#madeAt;
    const busy = this.#busyMicroseconds / 1000 + running;
    return {
      name: this.#name,
      calls: this.#calls,
      utilization: life > 0 ? Math.min(1, busy / life) : 0,
      cpuTime: this.#cpuMicroseconds / 1000,
    };
  }
}
