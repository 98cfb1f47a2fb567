import { performance } from 'node:perf_hooks';
import type { LoopSample } from './sample.ts';

const TICK_MS = 20;
/** As many as make up a block of a minute and more. */
const MOST = 4_000;

type Utilization = ReturnType<typeof performance.eventLoopUtilization>;

/**
 * How long a callback would have had to wait for the loop, by how late a timer is. Works only between `start` and `stop`,
 * and wakes the process 50 times a second then.
 */
export class LoopDelay {
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #late: number[] = [];
  #utilization: Utilization | undefined;

  start(): void {
    this.#late = [];
    this.#utilization = performance.eventLoopUtilization();
    this.#due = performance.now() + TICK_MS;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The time since the last call, or since the start. */
  take(): LoopSample {
    // After a block this may be asked before the timer that was late as well.
    if (performance.now() > this.#due) this.#tick();
    const waits = waitsOf(this.#late);
    this.#late = [];
    const since = this.#utilization;
    this.#utilization = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(this.#utilization, since);
    return {
      at: Date.now(),
      median: quantile(waits, 0.5),
      p90: quantile(waits, 0.9),
      longest: waits.at(-1) ?? 0,
      utilization: Number.isFinite(utilization) ? Math.min(1, Math.max(0, utilization)) : 0,
    };
  }

  #tick(): void {
    const now = performance.now();
    this.#late.push(Math.max(0, now - this.#due));
    this.#due = now + TICK_MS;
  }
}

/**
 * What callbacks would have waited that had become due all through the time, in order: a timer that is late by 100 ms
 * stands for others that would have been late by 80, 60, 40 and 20.
 */
export function waitsOf(late: readonly number[]): number[] {
  const waits: number[] = [];
  for (const first of late) {
    waits.push(first);
    for (let wait = first - TICK_MS; wait > 0 && waits.length < MOST; wait -= TICK_MS) waits.push(wait);
  }
  return waits.sort((a, b) => a - b);
}

/** @param sorted in ascending order */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
