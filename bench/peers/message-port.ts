import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Peer } from './peer.ts';

/** The floor for everything built on messages: a bare worker, an id and a promise a call, nothing else. */
export const messagePort: Peer = {
  name: 'MessagePort',
  version: process.version,
  async start() {
    const worker = new Worker(new URL('./message-port-thread.mjs', import.meta.url));
    const waiting = new Map<number, () => void>();
    let last = 0;
    worker.on('message', (id: number) => {
      waiting.get(id)?.();
      waiting.delete(id);
    });
    await once(worker, 'online');
    return {
      call: () =>
        new Promise<void>((resolve) => {
          const id = ++last;
          waiting.set(id, resolve);
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
          worker.postMessage(id);
        }),
      stop: async () => {
        await worker.terminate();
      },
    };
  },
};
