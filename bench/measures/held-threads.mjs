import { hold, startEngaged } from '../process/engage.mjs';
import { load } from '../process/load.mjs';
import { median } from '../statistics.mjs';

/** A pool that looks at all threads that have work takes longer for each call the more of them there are. */
const REPEATS = 3;
/** On a busy machine a measure may take longer than the threads are held, and is made again while they are for longer. */
const MOST_ATTEMPTS = 4;

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
    const [few, many] = [await startEngaged(peer, 1), await startEngaged(peer, threads)];
    /** @type {number[]} */
    const ratios = [];
    // The first repeat is for the compiler.
    for (let repeat = 0; repeat < size(REPEATS + 1, 2); repeat++) {
      const alone = await rate(few, milliseconds);
      const beside = await rateWhileHeld(many, threads - 1, milliseconds);
      if (beside === undefined)
        return { reason: 'its calls wait behind those that hold threads, although one is free' };
      if (repeat > 0) ratios.push(alone / beside);
    }
    return { one: median(ratios) };
  },
};

/** @param {import('../peers/peer.ts').Pool} pool @param {number} milliseconds */
async function rate(pool, milliseconds) {
  const call = pool.caller('noop');
  await load(() => call(), 1, milliseconds);
  return (await load(() => call(), 1, milliseconds)).rate;
}

/**
 * The same while so many of the threads are held; `undefined` where they never are for as long as that takes.
 *
 * @param {import('../peers/peer.ts').Pool} pool @param {number} threads @param {number} milliseconds
 */
async function rateWhileHeld(pool, threads, milliseconds) {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    let areHeld = true;
    const held = hold(pool, threads, 3 * milliseconds * 2 ** attempt).then(() => {
      areHeld = false;
    });
    const beside = await rate(pool, milliseconds);
    if (areHeld) {
      await held;
      return beside;
    }
  }
  return undefined;
}
