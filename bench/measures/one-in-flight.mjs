import { load } from '../process/load.mjs';
import { median } from '../statistics.mjs';

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'one-in-flight',
  process: 'warm',
  everyRound: 1,
  figures: {
    rate: {
      title: 'calls that do nothing, 1 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina'], atLeast: 5 },
    },
    roundTrip: {
      title: 'their round trip, p50',
      unit: 'µs',
      better: 'less',
      target: { kind: 'times', than: ['piscina'], atLeast: 4 },
    },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('noop');
    const { rate, latencies } = await load(() => call(), 1, milliseconds);
    return { rate, roundTrip: median(latencies) * 1000 };
  },
};
