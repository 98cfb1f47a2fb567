import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds by which the loop came too late to a timer. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const RESOLUTION_MS = 5;

/** Watches this process's event loop while `phase` runs. */
export async function withLoopDelay<T>(phase: () => Promise<T>): Promise<{ result: T; loopDelay: LoopDelay }> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  try {
    const result = await phase();
    // The histogram holds the time from one tick of its timer to the next; the delay is what exceeds the interval.
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    const loopDelay = {
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
    };
    return { result, loopDelay };
  } finally {
    histogram.disable();
  }
}
