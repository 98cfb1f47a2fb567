import timers from 'node:timers';

// As they were when Heddle was loaded. A test that replaces the global ones must not hold up what all calls go through,
// nor take along, when it is over, what everybody's later calls wait for.
export const setTimeout: typeof timers.setTimeout = timers.setTimeout;
export const setImmediate: typeof timers.setImmediate = timers.setImmediate;
export const setInterval: typeof timers.setInterval = timers.setInterval;
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
export const clearImmediate: typeof timers.clearImmediate = timers.clearImmediate;
export const clearInterval: typeof timers.clearInterval = timers.clearInterval;
// Jest and sinon replace it along with the timers.
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;

/** Node's longest timer, in milliseconds: about 24 days. One for longer fires at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

// `performance.now` tells the same, and counts in each thread from its start. But Node loads all of `node:perf_hooks` for it,
// ten modules that take each thread half a millisecond and 160 kB.
const { hrtime } = process;

/** The time in milliseconds, by a clock that nothing but time moves, and which is the same in all threads and processes. */
export function now(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
