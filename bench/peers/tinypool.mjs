import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';

/** @type {import('./peer.ts').Peer} */
export const peer = {
  start(threads) {
    const filename = fileURLToPath(new URL('./threads/tinypool.mjs', import.meta.url));
    const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads });
    return {
      caller: (name) => (argument) => pool.run(argument, { name }),
      move: (bytes) => pool.run(bytes, { name: 'giveBack', transferList: [bytes.buffer] }),
    };
  },
};
