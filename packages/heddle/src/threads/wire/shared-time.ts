import { performance } from 'node:perf_hooks';

/** What all threads of a process count from: `performance.now()` counts from the start of each. */
const offset: number = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** A time of this thread's `performance.now()`, in milliseconds that mean the same in every thread. */
export function toSharedTime(now: number): number {
  return now + offset;
}

/** The other way round. */
export function toLocalTime(time: number): number {
  return time - offset;
}
