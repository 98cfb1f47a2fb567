import { setTimeout } from 'node:timers/promises';
import { median } from '../statistics.mjs';

/** Nothing is awake when the next call comes: neither the thread nor the loop, nor the processor's caches. */
const BETWEEN = 2;

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'spaced-calls',
  process: 'warm',
  everyRound: 1,
  figures: {
    roundTrip: {
      title: 'one call every 2 ms, round trip, p50',
      unit: 'µs',
      better: 'less',
      target: { kind: 'times', than: ['piscina'], atLeast: 1 / 0.6 },
    },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('noop');
    /** @type {number[]} */
    const latencies = [];
    const until = performance.now() + 2 * milliseconds;
    while (performance.now() < until) {
      await setTimeout(BETWEEN);
      const before = performance.now();
      await call();
      latencies.push(performance.now() - before);
    }
    return { roundTrip: median(latencies) * 1000 };
  },
};
