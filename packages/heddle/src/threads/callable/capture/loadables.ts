import path from 'node:path';
import type { ImporterReference, LoadableReference } from '../../wire/captured.ts';
import { isEntryModule } from '../modules/entry-module.ts';
import { IMPORT, type Literal } from './literal.ts';

/** What an import of the literal's module names, unless that is the program's entry module. */
export function importOf(literal: Literal, name: string): LoadableReference | undefined {
  const imported = literal.facts.imports.get(name);
  if (imported === undefined) return undefined;
  const { specifier, exported } = imported;
  if (isEntry(literal.script, specifier)) return undefined;
  return once(literal, name, () => ({
    kind: 'import',
    script: literal.script,
    specifier,
    path: exported === undefined ? [] : [exported],
  }));
}

/** The `require` of the literal's file, or one that the program has made by `createRequire`. */
export function requireOf(literal: Literal, name: string, value: unknown): LoadableReference | undefined {
  if (typeof value !== 'function' || !Object.hasOwn(value, 'cache')) return undefined;
  if (literal.isModule || name !== 'require') return madeRequire(value);
  const isFile = /^(?:\/|[a-z]:[\\/])/i.test(literal.script);
  // What is typed in (`--eval`, standard input) requires from where the program was started.
  const file = isFile ? literal.script : path.join(folderOf(value) ?? process.cwd(), literal.script);
  return once(literal, name, () => ({ kind: 'require', file }));
}

const madeRequires = new WeakMap<Function, LoadableReference>();

function madeRequire(require: Function): LoadableReference | undefined {
  const known = madeRequires.get(require);
  if (known !== undefined) return known;
  const folder = folderOf(require);
  if (folder === undefined) return undefined;
  const reference: LoadableReference = { kind: 'require', file: folder + path.sep };
  madeRequires.set(require, reference);
  return reference;
}

/** Where a `require` begins to look for `./name`: nothing else of it says which file it was made for. */
function folderOf(require: Function): string | undefined {
  const { resolve, extensions } = require as Partial<NodeJS.Require>;
  if (extensions === undefined || typeof resolve?.paths !== 'function') return undefined;
  const folder = resolve.paths('./name')?.[0];
  return typeof folder === 'string' && path.isAbsolute(folder) ? folder : undefined;
}

/** What stands for `import()` in the literal's text, where it uses that. */
export function importedBy(literal: Literal): { name: string; reference: ImporterReference } | undefined {
  if (!literal.importsDynamically) return undefined;
  const reference = once(literal, IMPORT, () => ({ kind: 'importer', script: literal.script }));
  return { name: IMPORT, reference: reference as ImporterReference };
}

function once(literal: Literal, name: string, make: () => LoadableReference): LoadableReference {
  let reference = literal.loadables.get(name);
  if (reference === undefined) {
    reference = make();
    literal.loadables.set(name, reference);
  }
  return reference;
}

function isEntry(script: string, specifier: string): boolean {
  return script.startsWith('file:') && /^\.{0,2}\//.test(specifier) && isEntryModule(new URL(specifier, script).href);
}
