// A long import in the thread of the event loop, in pieces, with a progress bar. Meanwhile the loop serves others: here,
// a question about what has been imported so far, asked every 20 ms.
import { cooperate, LoopingCall } from 'heddle/task';
import { type Customer, importOrders, orderLines } from './orders.ts';
import { ProgressBar } from './progress-bar.ts';

const lines = orderLines(Number(process.argv[2] ?? 1_000_000));
const customers = new Map<string, Customer>();
const bar = new ProgressBar();

const task = cooperate(importOrders(lines, customers), { onProgress: (part) => bar.show(part) });

let questions = 0;
const questionsMeanwhile = new LoopingCall(() => {
  questions++;
  return customers.get('customer 1')?.orders;
});
questionsMeanwhile.start(20);

const broken = await task.whenDone();
questionsMeanwhile.stop();

let imported = 0;
for (const { orders } of customers.values()) imported += orders;
console.log(`${imported} orders of ${customers.size} customers, ${broken.length} lines were broken`);
console.log(`meanwhile the loop answered ${questions} questions`);
