import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { hoist, type Hoisted } from './hoist.ts';
import { ownSpecifier } from './thread-id.ts';

// For programs that no bundler builds: `node --import @heddle/unplugin/register`. Threads inherit the option.

// Older versions have no such export, and an import of it would hide the sentence below.
const { registerHooks } = process.getBuiltinModule('node:module');

const MARK = /\?heddle-thread=(\d+)$/;

if (typeof registerHooks !== 'function') {
  throw new Error(
    '@heddle/unplugin/register needs Node 22.15 or later; without it, functions are captured at run time.',
  );
}

const entryFile = findEntryFile();

registerHooks({
  load(url, context, next) {
    const index = MARK.exec(url)?.[1];
    const own = url.replace(MARK, '');
    const loaded = next(own, context);
    if (!own.startsWith('file:') || !(loaded.format ?? '').startsWith('module') || own.includes('/node_modules/'))
      return loaded;
    const code = loaded.source === undefined || loaded.source === null ? '' : textOf(loaded.source);
    const file = fileURLToPath(own);
    const isEntry = entryFile === undefined || file === entryFile;
    const hoisted: Hoisted | undefined = hoist(code, file, { own: isEntry ? undefined : ownSpecifier(own) });
    if (index !== undefined) {
      return { ...loaded, source: hoisted?.modules[Number(index)]?.code ?? '', shortCircuit: true };
    }
    // A call that cannot work fails when it is made: the rest of the program may still do.
    if (hoisted === undefined || hoisted.modules.length === 0) return loaded;
    const { code: source } = hoisted.rewrite((at) =>
      JSON.stringify(`${own.replace(/[?#].*$/, '')}?heddle-thread=${at}`),
    );
    return { ...loaded, source };
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
