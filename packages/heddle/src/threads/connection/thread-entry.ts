import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownUrl } from '../../defer/own-url.ts';
import { ThreadEntryMissingError } from '../errors.ts';

let found: URL | undefined;

/**
 * The file that a pool's thread starts with.
 *
 * @throws ThreadEntryMissingError where a bundler has taken Heddle in and left that file behind, and where it has been
 *   removed since
 */
export function threadEntry(): URL {
  if (found === undefined) return (found = existing(locateEntry()));
  if (isMissing(found)) throw removedError(fileURLToPath(found));
  return found;
}

/** A program outlives its files: a deployment prunes old releases, an installation begins by removing packages. */
function removedError(file: string): ThreadEntryMissingError {
  return new ThreadEntryMissingError(
    file,
    `There is no ${file} any more, which Heddle's threads start with: it has been removed while the program runs, as a deployment ` +
      'or an installation of packages does it. Start the program again, from where its files are now.',
  );
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
