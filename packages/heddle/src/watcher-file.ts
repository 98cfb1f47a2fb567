import { workerData } from 'node:worker_threads';
import { startWatcher } from './watchdog/entry/watcher.ts';
import type { WatcherData } from './watchdog/watcher-messages.ts';

// What the thread that watches the loop runs first.
void startWatcher(workerData as WatcherData);
