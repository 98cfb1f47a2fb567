import { workerData } from 'node:worker_threads';
import type { JobMessage, ReadyMessage, ThreadData } from '../wire/messages.ts';
import { keepOut } from './entry-guard.ts';
import { JobRunner } from './job-runner.ts';
import { prepareTsx } from './tsx-loader.ts';

// What a thread runs first. CommonJS, and with as little to load as can be: it is part of every cold call.
const { port, begun, entryFiles, sourceMaps } = workerData as ThreadData;
// What the program said itself, and not by a flag, Node does not hand on.
if (sourceMaps) process.setSourceMapsEnabled(true);
keepOut(entryFiles);
const runner = new JobRunner(port, stackOfJob);
let loader = prepareTsx()?.finally(() => {
  loader = undefined;
});
port.on('message', (message: JobMessage) => {
  Atomics.store(begun, 0, message.job);
  if (loader === undefined) runner.receive(message);
  else void loader.then(() => runner.receive(message));
});
port.on('messageerror', (error) => runner.cannotRead(error));
port.postMessage({ ready: true } satisfies ReadyMessage);

/** An error's stack as far as it is the job's own: the frames of this file below it say nothing to anybody. */
function stackOfJob(error: Error): string | undefined {
  const lines = error.stack?.split('\n');
  const own = lines?.findIndex((line) => line.includes(__filename)) ?? -1;
  return own > 0 ? lines?.slice(0, own).join('\n') : error.stack;
}
