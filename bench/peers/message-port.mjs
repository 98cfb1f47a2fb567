import { Worker } from 'node:worker_threads';

/**
 * The floor for everything built on messages: bare workers, an id and a promise a call, each call to the next worker.
 *
 * @type {import('./peer.ts').Peer}
 */
export const peer = {
  start(threads) {
    const script = new URL('./threads/message-port.mjs', import.meta.url);
    /** @type {Map<number, (value: unknown) => void>} */
    const waiting = new Map();
    const workers = Array.from({ length: threads }, () => {
      const worker = new Worker(script);
      worker.on('message', (/** @type {number | [number, unknown]} */ answer) => {
        const [id, value] = typeof answer === 'number' ? [answer] : answer;
        waiting.get(id)?.(value);
        waiting.delete(id);
      });
      return worker;
    });
    let last = 0;
    /** @param {(id: number) => unknown} message @param {ArrayBuffer[]} [transfer] */
    const call = (message, transfer) =>
      new Promise((resolve) => {
        const id = ++last;
        waiting.set(id, resolve);
        workers[id % threads]?.postMessage(message(id), transfer);
      });
    return {
      caller: (name) => (name === 'noop' ? () => call((id) => id) : (argument) => call((id) => [id, name, argument])),
      move: (bytes) => call((id) => [id, 'giveBack', bytes], [bytes.buffer]),
    };
  },
};
