import { load } from '../process/load.mjs';

/** Each caller has memory of its own, which it has back when the call has ended. */
const memory = Array.from({ length: 10 }, () => new Uint8Array(2 ** 20).fill(7));

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'moved-buffer',
  process: 'warm',
  everyRound: 1,
  figures: {
    one: {
      title: '1 MB, moved there and back, 1 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
    ten: {
      title: '1 MB, moved there and back, 10 in flight',
      unit: 'calls/s',
      better: 'more',
      target: { kind: 'times', than: ['piscina', 'MessagePort'], atLeast: 1 },
    },
  },
  async run({ pool, milliseconds }) {
    const { move } = pool;
    if (typeof move === 'string') return { reason: move };
    /** @param {number} caller */
    const call = async (caller) => {
      memory[caller] = /** @type {Uint8Array<ArrayBuffer>} */ (
        await move(/** @type {Uint8Array<ArrayBuffer>} */ (memory[caller]))
      );
    };
    const one = await load(call, 1, milliseconds);
    const ten = await load(call, 10, milliseconds);
    return { one: one.rate, ten: ten.rate };
  },
};
