import { enableCompileCache } from 'node:module';
import { Board } from '../wire/process/board.ts';
import { PipeNumber } from '../wire/process/pipes.ts';
import { packThrownForProcess } from '../wire/values/stays.ts';
import { keepOut } from './entry-guard.ts';
import { giveWay } from './give-way.ts';
import { readProcessData, tellPool } from './pool-pipes.ts';
import { ProcessLoop } from './process-loop.ts';
import { prepareTsx } from './tsx-loader.ts';

/** Makes this process one of a pool's. */
export function startProcess(): void {
  const { title, entryFiles, depth, sourceMaps, compileCache, nice, measuresMemory, ignoredSignals } =
    readProcessData();
  process.title = title;
  giveWay(nice);
  // What the program said itself, and not by a flag, Node does not hand on.
  if (sourceMaps) process.setSourceMapsEnabled(true);
  if (compileCache !== undefined) enableCompileCache(compileCache);
  for (const signal of ignoredSignals) process.on(signal, () => {});
  process.on('uncaughtException', endByError);
  keepOut(entryFiles, depth);
  const loop = new ProcessLoop(new Board(PipeNumber.board), measuresMemory);
  const preparing = prepareTsx();
  if (preparing === undefined) return loop.start();
  // Nothing else keeps the process until it listens.
  const hold = setInterval(() => {}, 1000);
  void preparing.then(() => {
    clearInterval(hold);
    loop.start();
  });
  return undefined;
}

/** Tells the pool what ends this process. Code of a job that listens itself decides itself what is to become of it. */
function endByError(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  tellPool({ kind: 'crash', payload: packThrownForProcess(error).payload });
  process.exit(1);
}
