import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

/** @type {import('./peer.ts').Peer} */
export const peer = {
  start(threads) {
    const script = fileURLToPath(new URL('./threads/workerpool.mjs', import.meta.url));
    const pool = workerpool.pool(script, { minWorkers: threads, maxWorkers: threads, workerType: 'thread' });
    return {
      caller: (name) => (argument) => pool.exec(name, [argument]),
      move: (bytes) => pool.exec('giveBack', [bytes], { transfer: [bytes.buffer] }),
    };
  },
};
