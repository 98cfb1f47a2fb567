import { Pool, spawn, Transfer, Worker } from 'threads';

/** @type {import('./peer.ts').Peer} */
export const peer = {
  start(threads) {
    const pool = Pool(() => spawn(new Worker('./threads/threads-js.mjs')), threads);
    return {
      caller: (name) => (argument) => pool.queue((thread) => thread[name]?.(argument)),
      move: (bytes) => pool.queue((thread) => thread['giveBack']?.(Transfer(bytes, [bytes.buffer]))),
    };
  },
};
