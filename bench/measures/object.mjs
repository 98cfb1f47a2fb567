import { load } from '../process/load.mjs';

const order = {
  id: 4711,
  customer: 'Ada Lovelace',
  city: 'London',
  item: 'a loom of the newer kind',
  amount: 3,
  price: 1299.5,
  paid: true,
  shipped: false,
  note: null,
  weight: 84.25,
};

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'object',
  process: 'warm',
  everyRound: 1,
  figures: {
    rate: {
      title: 'an object of 10 fields there and back, 100 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina'], atLeast: 5 },
    },
  },
  async run({ pool, milliseconds }) {
    const call = pool.caller('echo');
    const { rate } = await load(() => call(order), 100, milliseconds);
    return { rate };
  },
};
