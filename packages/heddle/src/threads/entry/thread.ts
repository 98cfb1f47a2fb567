import { enableCompileCache } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
import { Channel } from '../wire/channel/channel.ts';
import type { ThreadData } from '../wire/messages.ts';
import { cutStacks } from '../wire/values/stack-to-send.ts';
import { giveWay } from './give-way.ts';
import { keepOut } from './entry-guard.ts';
import { MemoryGauge } from './memory-gauge.ts';
import { startProcess } from './process.ts';
import { prepareTsx } from './tsx-loader.ts';
import { tellWhereabouts } from './whereabouts.ts';
import { WorkLoop } from './work-loop.ts';

/** Makes this a thread, or a process, of a pool. */
export function startPoolThread(): void {
  cutStacks(stackOfJob);
  if (isMainThread) startProcess();
  else startThread(workerData as ThreadData);
}

function startThread(data: ThreadData): void {
  const { memory, bell, values, entryFiles, depth, sourceMaps, compileCache, measuresMemory, nice, concurrency } = data;
  giveWay(nice);
  // What the program said itself, and not by a flag, Node does not hand on.
  if (sourceMaps) process.setSourceMapsEnabled(true);
  if (compileCache !== undefined) enableCompileCache(compileCache);
  keepOut(entryFiles, depth);
  tellWhereabouts(stackOfJob);
  const channel = new Channel(memory);
  const loop = new WorkLoop(channel, bell, values, concurrency);
  if (measuresMemory) loop.gauge = new MemoryGauge((bytes) => channel.noteMemory(bytes));
  const preparing = prepareTsx();
  if (preparing === undefined) {
    loop.start();
  } else {
    // Nothing else would keep the thread until it listens.
    bell.ref();
    void preparing.then(() => loop.start());
  }
}

/**
 * An error's stack as far as it is the job's own: the frames of this file below it say nothing to anybody. It may have
 * others above, where the job has called what is in this file, such as a function that it was passed.
 */
function stackOfJob(error: Error): string | undefined {
  const { stack } = error as { stack?: unknown };
  // `Error.prepareStackTrace` may give anything.
  if (typeof stack !== 'string') return undefined;
  const lines = stack.split('\n');
  let own = lines.length;
  for (let index = lines.length - 1; index > 0; index--) {
    const line = lines[index] as string;
    if (line.includes(__filename)) own = index;
    else if (own < lines.length && !isOfNobody(line)) break;
  }
  return own < lines.length ? lines.slice(0, own).join('\n') : stack;
}

/**
 * A frame of Node's inside, or of what is built into JavaScript, which may stand between two of this file. Node 20 has
 * AsyncLocalStorage in a module that is no part of its inside.
 */
function isOfNobody(line: string): boolean {
  return /[( ]node:(?:internal\/|async_hooks:)/.test(line) || line.endsWith('(<anonymous>)');
}
