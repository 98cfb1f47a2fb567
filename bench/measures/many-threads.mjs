import { startEngaged } from '../process/engage.mjs';
import { load } from '../process/load.mjs';
import { median } from '../statistics.mjs';

/** A pool that looks at all its threads for each call takes longer the more it has. */
const REPEATS = 3;
/** For a tenth of a second after a pause, the kernel has both sides of a call share a processor, or not: that is luck. */
const SETTLING_MS = 150;

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'many-threads',
  process: 'fresh',
  everyRound: 4,
  figures: {
    one: {
      title: 'time per call with 64 threads against 1 thread, 1 in flight',
      unit: '×',
      better: 'less',
      target: { kind: 'value', atMost: 1.2 },
    },
    ten: { title: 'the same, 10 in flight', unit: '×', better: 'less' },
    hundred: { title: 'the same, 100 in flight', unit: '×', better: 'less' },
  },
  async run({ peer, milliseconds, size }) {
    const threads = size(64, 2);
    const [few, many] = [await startEngaged(peer, 1), await startEngaged(peer, threads)];
    const rate = async (/** @type {import('../peers/peer.ts').Pool} */ pool, /** @type {number} */ inFlight) => {
      const call = pool.caller('noop');
      await load(() => call(), inFlight, size(SETTLING_MS, milliseconds));
      return (await load(() => call(), inFlight, milliseconds)).rate;
    };
    /** @type {number[]} */
    const one = [];
    /** @type {number[]} */
    const ten = [];
    /** @type {number[]} */
    const hundred = [];
    // The first repeat is for the compiler.
    for (let repeat = 0; repeat < size(REPEATS + 1, 2); repeat++) {
      const oneHere = (await rate(few, 1)) / (await rate(many, 1));
      const tenHere = (await rate(few, 10)) / (await rate(many, 10));
      const hundredHere = (await rate(few, 100)) / (await rate(many, 100));
      if (repeat === 0) continue;
      one.push(oneHere);
      ten.push(tenHere);
      hundred.push(hundredHere);
    }
    return { one: median(one), ten: median(ten), hundred: median(hundred) };
  },
};
