import { parentPort } from 'node:worker_threads';
import * as functions from './functions.mjs';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const byName = /** @type {Record<string, (argument: any) => unknown>} */ ({ ...functions });

port.on('message', (/** @type {number | [number, string, unknown]} */ message) => {
  if (typeof message === 'number') {
    functions.noop();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    port.postMessage(message);
    return;
  }
  const [id, name, argument] = message;
  if (name === 'giveBack') {
    port.postMessage([id, argument], [/** @type {Uint8Array<ArrayBuffer>} */ (argument).buffer]);
    return;
  }
  const f = byName[name];
  port.postMessage([id, f?.(argument)]);
});
