import { workerData } from 'node:worker_threads';
import { startPoolThread } from './threads/entry/thread.ts';
import { startWatcher } from './watchdog/entry/watcher.ts';
import type { WatcherData } from './watchdog/watcher-messages.ts';

// What each of Heddle's threads runs first, and a process of a pool: one file for all, since a bundle has to bring it
// along. CommonJS, and with as little to load as can be: it is part of every cold call.
if (isWatcher(workerData)) void startWatcher(workerData);
else startPoolThread();

function isWatcher(data: unknown): data is WatcherData {
  return typeof data === 'object' && data !== null && (data as Partial<WatcherData>).watches === true;
}
