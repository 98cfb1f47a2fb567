import { load } from '../process/load.mjs';

const text = 'woven '.repeat(1706);

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'long-string',
  process: 'warm',
  everyRound: 1,
  figures: {
    one: {
      title: 'a string of 10 kB there and back, 1 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
    ten: {
      title: 'a string of 10 kB there and back, 10 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('echo');
    const one = await load(() => call(text), 1, milliseconds);
    const ten = await load(() => call(text), 10, milliseconds);
    return { one: one.rate, ten: ten.rate };
  },
};
