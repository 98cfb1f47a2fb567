import { engage, hold } from '../process/engage.mjs';
import { load } from '../process/load.mjs';
import { median } from '../statistics.mjs';

/** A pool that looks at all threads that have work takes longer for each call the more of them there are. */
const REPEATS = 3;

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'held-threads',
  process: 'fresh',
  everyRound: 4,
  figures: {
    one: {
      title: 'time per call while calls hold 63 of 64 threads, against 1 thread, 1 in flight',
      unit: '×',
      better: 'less',
      target: { kind: 'value', atMost: 1.2 },
    },
  },
  async run({ peer, milliseconds, size }) {
    const threads = size(64, 2);
    const few = await peer.start(1);
    const many = await peer.start(threads);
    await engage(few, 1);
    await engage(many, threads);
    /** @type {number[]} */
    const ratios = [];
    // The first repeat is for the compiler.
    for (let repeat = 0; repeat < size(REPEATS + 1, 2); repeat++) {
      const callFew = few.caller('noop');
      const callMany = many.caller('noop');
      await load(() => callFew(), 1, milliseconds);
      const alone = await load(() => callFew(), 1, milliseconds);
      let areHeld = true;
      const held = hold(many, threads - 1, 3 * milliseconds).then(() => {
        areHeld = false;
      });
      await load(() => callMany(), 1, milliseconds);
      const beside = await load(() => callMany(), 1, milliseconds);
      if (!areHeld) return { reason: 'its calls wait behind those that hold threads, although one is free' };
      await held;
      if (repeat > 0) ratios.push(alone.rate / beside.rate);
    }
    return { one: median(ratios) };
  },
};
