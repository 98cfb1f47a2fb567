import { load } from '../process/load.mjs';
import { median } from '../statistics.mjs';

/**
 * What containers often have. Whoever looks for work there keeps the other side from bringing it.
 *
 * @type {import('./measure.ts').Measure}
 */
export const measure = {
  name: 'one-processor',
  process: 'fresh',
  onOneProcessor: true,
  everyRound: 2,
  figures: {
    hundred: { title: 'on one processor: calls that do nothing, 100 in flight', unit: 'calls/s', better: 'more' },
    roundTrip: { title: 'on one processor: round trip of a lone call, p50', unit: 'µs', better: 'less' },
  },
  async run({ peer, milliseconds }) {
    const pool = await peer.start(1);
    const call = pool.caller('noop');
    await load(() => call(), 100, milliseconds);
    const hundred = await load(() => call(), 100, milliseconds);
    await load(() => call(), 1, milliseconds);
    const one = await load(() => call(), 1, milliseconds);
    return { hundred: hundred.rate, roundTrip: median(one.latencies) * 1000 };
  },
};
