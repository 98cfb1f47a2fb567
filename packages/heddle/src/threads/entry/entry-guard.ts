import { createRequire } from 'node:module';
import { CallableError } from '../wire/errors/callable-error.ts';
import { keepEntryFiles } from '../wire/entry-files.ts';
import { fileOf } from '../wire/file-of.ts';

/**
 * Keeps the program's entry module from being loaded here, where it would run the whole program again:
 * a function's module may import it, perhaps by way of others.
 *
 * Node tells of every module before it is loaded from 22.15 on. Before that only CommonJS can be
 * stopped; an ES module is, too, where it brings the library into the thread, and else is refused the threads it asks for
 * (see `second-run.ts`).
 */
export function keepOut(files: readonly string[], depth: number): void {
  keepEntryFiles(files, depth);
  if (files.length === 0) return;
  const entries = new Set(files);
  const { registerHooks } = process.getBuiltinModule('node:module');
  if (typeof registerHooks !== 'function') {
    const { cache } = createRequire(__filename);
    for (const file of files) cache[file] = forbidden(file);
    return;
  }
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      // What the build plug-in takes out of a module carries its file's name and runs none of the rest.
      const isOwnModule = resolved.url.includes('?heddle-thread=');
      const file = isOwnModule ? undefined : fileOf(resolved.url);
      if (file !== undefined && entries.has(file)) throw refusal(file, context.parentURL);
      return resolved;
    },
  });
}

function forbidden(file: string): NodeJS.Module {
  return {
    id: file,
    filename: file,
    loaded: true,
    children: [],
    get exports(): unknown {
      throw refusal(file, undefined);
    },
  } as unknown as NodeJS.Module;
}

function refusal(file: string, importer: string | undefined): CallableError {
  const by = importer === undefined ? 'A module that a thread loads' : readable(importer);
  return new CallableError({
    code: 'HEDDLE_ENTRY_MODULE',
    functionName: '',
    message:
      `${by} imports ${file}, the program's entry module, and a thread that loads it would run the whole program ` +
      'again. Move what it needs of the entry to a module of its own.',
  });
}

function readable(url: string): string {
  return fileOf(url) ?? url;
}
