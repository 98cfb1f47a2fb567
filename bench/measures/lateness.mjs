import { sharedTime } from '../peers/threads/functions.mjs';
import { median } from '../statistics.mjs';

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'lateness',
  process: 'warm',
  everyRound: 2,
  figures: {
    lateness: {
      title: 'how late the end of a job of 500 ms is heard of',
      unit: 'ms',
      better: 'less',
      target: { kind: 'beyond', than: ['piscina'], atMost: 1 },
    },
  },
  async run({ pool, size }) {
    const call = pool.caller('sleep');
    /** @type {number[]} */
    const late = [];
    for (let job = 0; job < size(2, 1); job++) {
      const ended = /** @type {number} */ (await call(size(500, 5)));
      late.push(sharedTime() - ended);
    }
    return { lateness: median(late) };
  },
};
