import { performance } from 'node:perf_hooks';
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

/** The time in milliseconds, by a clock that nothing but time moves. */
export const now: () => number = performance.now.bind(performance);
