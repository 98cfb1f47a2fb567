import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

/** @type {import('./peer.ts').Peer} */
export const peer = {
  start(threads) {
    const filename = fileURLToPath(new URL('./threads/piscina.mjs', import.meta.url));
    const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
    return {
      caller: (name) => (argument) => pool.run(argument, { name }),
      move: (bytes) => pool.run(bytes, { name: 'giveBack', transferList: [bytes.buffer] }),
    };
  },
};
