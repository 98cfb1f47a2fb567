import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { forwardedModules } from './forwarded-modules.ts';
import { inheritedEntryFiles, libraryIsHere } from '../../wire/entry-files.ts';
import { fileOf } from '../../wire/file-of.ts';
import { refuseToBeginAgain } from '../../wire/second-run.ts';

let entryFiles: Set<string> | undefined;

libraryIsHere();
refuseToBeginAgain();

/**
 * Whether a file or `file:` URL is the program's entry module, or all that this consists of.
 *
 * A thread that imported it would run the whole program again, and that one would
 * start threads of its own. In a worker thread, the entry is the worker's own file.
 */
export function isEntryModule(fileOrUrl: string): boolean {
  entryFiles ??= findEntryFiles();
  return entryFiles.has(fileOf(fileOrUrl) ?? fileOrUrl);
}

/** The files that are the program's entry module, under all their names. */
export function entryModuleFiles(): string[] {
  entryFiles ??= findEntryFiles();
  return [...entryFiles];
}

// The command line may name the entry through a symbolic link, without its extension, or by its directory.
function findEntryFiles(): Set<string> {
  const files = new Set<string>();
  const add = (find: () => string | undefined): void => {
    try {
      const file = find();
      if (file === undefined) return;
      files.add(file);
      files.add(realpathSync(file));
    } catch {
      // This spelling leads nowhere.
    }
  };
  for (const file of inheritedEntryFiles() ?? []) files.add(file);
  const named = process.argv[1];
  if (named === undefined) return files;
  // Asked of Node itself: a bundler puts something of its own in the place of an imported `createRequire`.
  const require = process.getBuiltinModule('node:module').createRequire(pathToFileURL(named));
  add(() => named);
  add(() => require.resolve(named));
  add(() => require.main?.filename);
  // PM2 starts the program by a file of its own, and says which it is.
  if (/[\\/]pm2[\\/]lib[\\/]/.test(named)) add(() => process.env['pm_exec_path']);
  // Those that a pool has made were told of all of them. What is added while they are gone through is looked at as well.
  if (inheritedEntryFiles() !== undefined) return files;
  for (const file of files) for (const program of forwarded(file)) add(() => program);
  return files;
}

function forwarded(file: string): string[] {
  try {
    return forwardedModules(file);
  } catch {
    // It cannot be read, or names what is not there.
    return [];
  }
}
