import { fileURLToPath } from 'node:url';
import { CallableError } from './callable-error.ts';
import { inheritedEntryFiles } from './entry-files.ts';

/**
 * Ends what would never end: a thread in which the program's entry module runs again would make threads
 * in which it runs again. Asked when a thread has imported a module, and when it is about to make a thread.
 * Where Node can be told not to load a module in a thread (from 22.15 on), it does not come to that.
 *
 * @throws CallableError `HEDDLE_ENTRY_MODULE`
 */
export function refuseSecondRun(): void {
  const entryFiles = inheritedEntryFiles();
  if (entryFiles === undefined || 'registerHooks' in process.getBuiltinModule('node:module')) return;
  // Other runtimes have an inspector of another kind, or none.
  if ('bun' in process.versions || 'deno' in process.versions) return;
  const again = loadedModules().find((url) => url.startsWith('file:') && entryFiles.includes(fileURLToPath(url)));
  if (again === undefined) return;
  throw new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      `${fileURLToPath(again)}, the program's entry module, runs again in a thread, because a function's module ` +
      'imports it. Move what that needs of the entry to a module of its own.',
  });
}

/** The URLs of this thread's ES modules, which only the inspector tells; none where it does not answer. */
function loadedModules(): string[] {
  const urls: string[] = [];
  try {
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => {
      if (params.isModule) urls.push(params.url);
    });
    session.post('Debugger.enable');
    session.disconnect();
  } catch {
    // What the program asked for needs no inspector, so it runs without this precaution.
  }
  return urls;
}
