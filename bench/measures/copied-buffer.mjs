import { load } from '../process/load.mjs';

const bytes = new Uint8Array(2 ** 20).fill(7);

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'copied-buffer',
  process: 'warm',
  everyRound: 1,
  figures: {
    one: {
      title: '1 MB, copied there and back, 1 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
    ten: {
      title: '1 MB, copied there and back, 10 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('echo');
    const one = await load(() => call(bytes), 1, milliseconds);
    const ten = await load(() => call(bytes), 10, milliseconds);
    return { one: one.rate, ten: ten.rate };
  },
};
