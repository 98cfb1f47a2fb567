import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownUrl } from '../../defer/own-url.ts';
import { ThreadEntryMissingError } from '../errors.ts';

let found: URL | undefined;

/**
 * The file that a pool's thread starts with.
 *
 * @throws ThreadEntryMissingError where a bundler has taken Heddle in and left that file behind
 */
export function threadEntry(): URL {
  found ??= existing(locateEntry());
  return found;
}

// The build puts this module at the top of dist/, and the thread's side into a CommonJS file of its own. Bundlers that
// copy what a module refers to (webpack), and the build plug-in, know the file by this very expression.
function locateEntry(): URL {
  try {
    return new URL('./threads/entry/thread.cjs', import.meta.url);
  } catch {
    // What esbuild bundles as CommonJS has no `import.meta.url`.
    return new URL('./threads/entry/thread.cjs', ownUrl);
  }
}

/** @throws ThreadEntryMissingError where there is no such file */
export function existing(located: URL): URL {
  // What webpack makes of it by `parser.javascript.url: 'relative'` is none of Node's.
  const entry = new URL(located.href, ownUrl);
  if (isMissing(entry)) throw new ThreadEntryMissingError(fileURLToPath(entry));
  return entry;
}

// Where reading is denied, what the thread itself says is the better answer.
function isMissing(entry: URL): boolean {
  try {
    return entry.protocol === 'file:' && statSync(entry, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
