import { ownUrl } from '../defer/own-url.ts';
import { existing } from '../threads/connection/thread-entry.ts';

/**
 * The file that the watching thread starts with. A file of its own: each thread of a pool has to read what is in theirs.
 *
 * @throws ThreadEntryMissingError where a bundler has taken Heddle in and left that file behind
 */
export function watcherEntry(): URL {
  return existing(locateEntry());
}

// Known to bundlers by this very expression, as the file of the pool's threads.
function locateEntry(): URL {
  try {
    return new URL('./watchdog/entry/watcher.cjs', import.meta.url);
  } catch {
    return new URL('./watchdog/entry/watcher.cjs', ownUrl);
  }
}
