// Runs in a worker thread of the program that is judged: the other side of `../judge.ts`.
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { Order, Report } from '../messages.ts';
import { Observatory } from './observatory.ts';

const port = parentPort as MessagePort;
const { closed, measure } = workerData as { readonly closed: Int32Array; readonly measure: string };
const observatory = new Observatory(measure, (report: Report) => port.postMessage(report));

port.on('message', (order: Order) => {
  switch (order.kind) {
    case 'arm':
      void observatory.arm(order.id, order.subject, order.forMs);
      break;
    case 'turned':
      observatory.turned(order.id);
      break;
    case 'stop':
      observatory.close();
      // The program waits for this before it ends: an open session would make Node wait for a debugger.
      Atomics.store(closed, 0, 1);
      Atomics.notify(closed, 0);
      port.close();
      break;
  }
});
