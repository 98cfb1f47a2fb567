import { setTimeout } from 'node:timers/promises';
import { collectGarbage } from '../process/garbage.mjs';
import { engage } from '../process/engage.mjs';

const THREADS = 8;

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'idle',
  process: 'fresh',
  everyRound: 3,
  figures: {
    processor: {
      title: 'processor time of 8 idle threads, of one core',
      unit: '%',
      better: 'less',
      target: { kind: 'value', atMost: 0.5 },
    },
    memory: {
      title: 'memory per idle thread',
      unit: 'MB',
      better: 'less',
      target: { kind: 'times', than: ['piscina'], atLeast: 1 },
    },
  },
  async run({ peer, size }) {
    const one = await peer.start(1);
    await engage(one, 1);
    const before = resident();
    const others = await peer.start(THREADS - 1);
    await engage(others, THREADS - 1);
    const memory = (resident() - before) / (THREADS - 1) / 2 ** 20;
    await setTimeout(size(300, 1));
    const used = process.cpuUsage();
    const started = performance.now();
    await setTimeout(size(1500, 5));
    const { user, system } = process.cpuUsage(used);
    const milliseconds = performance.now() - started;
    return { processor: (100 * (user + system)) / 1000 / milliseconds, memory };
  },
};

function resident() {
  collectGarbage();
  return process.memoryUsage.rss();
}
