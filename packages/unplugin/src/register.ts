import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { mayDefer } from './may-defer.ts';
import { ownSpecifier } from './thread-id.ts';
import type { ThreadModule } from './thread-module.ts';

// For programs that no bundler builds: `node --import @heddle/unplugin/register`. Threads inherit the option.

// Older versions have no such export, and an import of it would hide the sentence below.
const { registerHooks } = process.getBuiltinModule('node:module');

// A thread cannot tell which module is the program's entry, so the mark says whether the function has a module of its own.
const MARK = /\?heddle-thread=([\d,]+)(\.own)?$/;

if (typeof registerHooks !== 'function') {
  throw new Error(
    '@heddle/unplugin/register needs Node 22.15 or later; without it, functions are captured at run time.',
  );
}

const entryFile = findEntryFile();

const ownFolder = new URL('.', import.meta.url).href;
const require = createRequire(import.meta.url);

// Every thread runs this file, and few of them load a module for which the parser is needed.
type Reader = typeof import('./reader.ts');
const READER = './reader.mjs';
const reader = (): Reader => require(READER) as Reader;

registerHooks({
  load(requested, context, next) {
    if (requested.startsWith(ownFolder)) return next(requested, context);
    const [, marked, hasOwn] = MARK.exec(requested) ?? [];
    const url = requested.replace(MARK, '');
    const loaded = next(url, context);
    if (!url.startsWith('file:') || !(loaded.format ?? '').startsWith('module') || url.includes('/node_modules/')) {
      return loaded;
    }
    const code = loaded.source === undefined || loaded.source === null ? '' : textOf(loaded.source);
    if (!mayDefer(code)) return loaded;
    const { hoist, pathWithin, readPath, threadsAlong } = reader();
    const file = fileURLToPath(url);
    const isEntry = entryFile === undefined || file === entryFile;
    const mayImport = marked === undefined ? !isEntry : hasOwn !== undefined;
    const own = mayImport ? ownSpecifier(url) : undefined;
    const path = marked === undefined ? [] : readPath(marked);
    const along = marked === undefined ? [] : threadsAlong(code, file, { own }, path);
    const module = marked === undefined ? { code } : along?.at(-1);
    const hoisted = module && hoist(module.code, file, { own: marked === undefined ? own : undefined });
    // A call that cannot work fails when it is made: the rest of the program may still do.
    if (hoisted === undefined || hoisted.modules.length === 0) {
      return marked === undefined ? loaded : { ...loaded, source: module?.code ?? '', shortCircuit: true };
    }
    const { code: source } = hoisted.rewrite((index) => {
      const within = pathWithin(path, along ?? [], index, hoisted.modules[index] as ThreadModule);
      const address = `${url.replace(/[?#].*$/, '')}?heddle-thread=${within.join(',')}${mayImport ? '.own' : ''}`;
      return JSON.stringify(address);
    });
    return { ...loaded, source, shortCircuit: true };
  },
});

/** The program's entry module, which no thread may load; undefined where it has no file that can be told. */
function findEntryFile(): string | undefined {
  try {
    const [, named] = process.argv;
    return named === undefined ? undefined : realpathSync(createRequire(`${process.cwd()}/`).resolve(named));
  } catch {
    return undefined;
  }
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
