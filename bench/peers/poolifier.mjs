import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FixedThreadPool, PoolEvents } from 'poolifier';

/** @type {import('./peer.ts').Peer} */
export const peer = {
  async start(threads) {
    const script = fileURLToPath(new URL('./threads/poolifier.mjs', import.meta.url));
    const pool = new FixedThreadPool(threads, script);
    // What it is given before that can get lost.
    if (!pool.info.ready && pool.emitter !== undefined) await once(pool.emitter, PoolEvents.ready);
    return {
      caller: (name) => (argument) => pool.execute(argument, name),
      move: 'poolifier copies every result, also that of a moved argument',
    };
  },
};
