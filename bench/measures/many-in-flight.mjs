import { load } from '../process/load.mjs';

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'many-in-flight',
  process: 'warm',
  everyRound: 1,
  figures: {
    hundred: {
      title: 'calls that do nothing, 100 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina'], atLeast: 25 },
    },
    ten: { title: 'calls that do nothing, 10 in flight', unit: 'calls/s', better: 'more' },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('noop');
    const hundred = await load(() => call(), 100, milliseconds);
    const ten = await load(() => call(), 10, milliseconds);
    return { hundred: hundred.rate, ten: ten.rate };
  },
};
