import { parentPort } from 'node:worker_threads';
import noop from './noop.mjs';

parentPort?.on('message', (id) => {
  noop();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(id);
});
