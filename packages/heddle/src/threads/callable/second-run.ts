import { fileURLToPath } from 'node:url';
import { CallableError } from '../wire/callable-error.ts';
import { inheritedEntryFiles } from '../wire/entry-files.ts';
import { loadedModuleUrls, rereadScripts } from './scripts.ts';

/**
 * Ends what would never end: a thread in which the program's entry module runs again would make threads
 * in which it runs again. Where Node can be told not to load a module in a thread, it does not come to that.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refuseSecondRun(): void {
  const entryFiles = inheritedEntryFiles();
  if (entryFiles === undefined || 'registerHooks' in process.getBuiltinModule('node:module')) return;
  rereadScripts();
  const again = loadedModuleUrls().find((url) => url.startsWith('file:') && entryFiles.includes(fileURLToPath(url)));
  if (again === undefined) return;
  throw new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      `${fileURLToPath(again)}, the program's entry module, runs again in a thread, because a function's module ` +
      'imports it. Move what that needs of the entry to a module of its own.',
  });
}
