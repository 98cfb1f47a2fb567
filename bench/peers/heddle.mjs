import { ThreadPool, transfer } from 'heddle';
import { echo, noop, sleep, work } from './threads/functions.mjs';
import { giveBack } from './threads/heddle.mjs';

/** @type {Record<import('./peer.ts').FunctionName, (argument?: any) => unknown>} */
const functions = { noop, echo, sleep, work };

/** @type {import('./peer.ts').Peer} */
export const peer = {
  start(threads) {
    const pool = new ThreadPool({ name: 'bench', min: threads, max: threads });
    return {
      caller(name) {
        const f = functions[name];
        return (argument) => pool.defer(f, argument);
      },
      move: (bytes) => pool.defer(giveBack, transfer(bytes)),
    };
  },
};
