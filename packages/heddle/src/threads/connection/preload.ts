import { fileURLToPath } from 'node:url';
import { threadEntry } from './thread-entry.ts';
import { CallableError } from '../wire/errors/callable-error.ts';
import { inheritedEntryFiles } from '../wire/entry-files.ts';
import type { ThreadData } from '../wire/messages.ts';

/**
 * Ends what would never end: what `--import`, `--require` or `NODE_OPTIONS` loads is loaded in each thread and process
 * before its work begins, and if it made a thread there, that one would load it, too.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refusePreload(): void {
  // With the entry's files a thread begins its work.
  if (inheritedEntryFiles() !== undefined || !isPoolThread()) return;
  throw new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      'A module that --import, --require or NODE_OPTIONS loads makes a call, and does so in each thread again, before that ' +
      "has begun its work. Make the call elsewhere, or keep the module out of threads by the pool's execArgv and env.",
  });
}

/** Whether this thread, or process, has been made by a pool. */
function isPoolThread(): boolean {
  const { isMainThread, workerData } = process.getBuiltinModule('node:worker_threads');
  // Where this is a thread, a file that is loaded first may not see which one was started.
  if (!isMainThread) return isThreadData(workerData);
  return process.argv[1] === fileURLToPath(threadEntry());
}

function isThreadData(data: unknown): boolean {
  const { bell, entryFiles } = (data ?? {}) as Partial<ThreadData>;
  return bell !== undefined && Array.isArray(entryFiles);
}
