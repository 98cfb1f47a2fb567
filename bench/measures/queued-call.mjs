import { AsyncLocalStorage } from 'node:async_hooks';
import { collectGarbage } from '../process/garbage.mjs';

const storage = new AsyncLocalStorage();

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'queued-call',
  process: 'fresh',
  everyRound: 2,
  figures: {
    memory: {
      title: 'heap per call that waits, in an AsyncLocalStorage context',
      unit: 'bytes',
      better: 'less',
      target: { kind: 'value', atMost: 400 },
    },
    awaited: { title: 'the same with a callback that waits for its result', unit: 'bytes', better: 'less' },
  },
  async run({ peer, size }) {
    const pool = await peer.start(1);
    const call = pool.caller('noop');
    // The thread knows the function.
    await call();
    // The calls are not waited for: to work off so many takes a slow peer half a minute.
    pool.caller('sleep')(size(10_000, 20));
    const calls = size(5_000, 100);
    // What is kept only once: code, and queues that have grown.
    heldBy(calls, call);
    const memory = heldBy(calls, call);
    const awaited = heldBy(calls, () => void call().then(nothing));
    return { memory, awaited };
  },
};

/** @param {number} calls @param {() => unknown} call */
function heldBy(calls, call) {
  const before = heap();
  storage.run({ request: 1 }, () => {
    for (let n = 0; n < calls; n++) call();
  });
  return (heap() - before) / calls;
}

function nothing() {}

function heap() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
