import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FunctionReference } from '../../wire/reference.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { importLoaded, knownNamespace } from './loaded-import.ts';
import { findMember } from '../members.ts';
import { commonJsReference } from './reloads.ts';
import { modulesWithin } from '../scripts/scripts.ts';

// A package's entry comes first; how many modules of its inside were loaded before the function's is of no interest.
const MOST_MODULES = 8;
const PATIENCE = 4;
const DEPTH = 3;

/**
 * Looks for a function of an npm package in those modules of the package that were loaded before its own: its
 * entry, above all.
 *
 * The module that a function is written in is often not what makes it work: the package's entry registers colour
 * spaces, languages or formats with it. So a thread loads what the program has loaded, unless the package says that
 * this is not needed: {@link hasNoSideEffects}.
 */
export function searchPackageOfEsModule(f: Function, url: string): Promise<FunctionReference | undefined> | undefined {
  const folder = packageFolder(url);
  const outerModules = folder === undefined ? [] : before(modulesWithin(folder), url);
  return outerModules.length === 0 ? undefined : searchEsModules(f, outerModules);
}

async function searchEsModules(f: Function, urls: readonly string[]): Promise<FunctionReference | undefined> {
  for (const outer of urls) {
    const namespace = knownNamespace(outer) ?? (await namespaceOf(outer));
    const found = namespace && findMember(namespace, f, DEPTH);
    if (found?.rival === undefined && found !== undefined)
      return { kind: 'module', url: outer, path: found.member.path };
  }
  return undefined;
}

/** The same for a CommonJS module. */
export function searchPackageOfCommonJs(f: Function, url: string): FunctionReference | undefined {
  const folder = packageFolder(url);
  if (folder === undefined) return undefined;
  const cache = commonJsCache();
  const inside = fileURLToPath(folder);
  const files = Object.keys(cache).filter((file) => file.startsWith(inside));
  for (const file of before(files, fileURLToPath(url))) {
    const exports: unknown = cache[file]?.exports;
    if (exports === f) return commonJsReference(file, []);
    if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) continue;
    const found = findMember(exports, f, DEPTH);
    if (found?.rival === undefined && found !== undefined) return commonJsReference(file, found.member.path);
  }
  return undefined;
}

const withoutSideEffects = new Map<string, boolean>();

/**
 * Whether a module belongs to a package that tells bundlers, by `"sideEffects": false`, to take only those of its modules
 * whose exports are used. To load all of date-fns takes a thread a second and some 90 MB, one function of it nothing.
 */
export function hasNoSideEffects(url: string): boolean {
  const folder = packageFolder(url);
  if (folder === undefined) return false;
  let has = withoutSideEffects.get(folder);
  if (has === undefined) withoutSideEffects.set(folder, (has = saysSo(folder)));
  return has;
}

function saysSo(packageFolder: string): boolean {
  try {
    const text = readFileSync(new URL('package.json', packageFolder), 'utf8');
    return (JSON.parse(text) as { readonly sideEffects?: unknown }).sideEffects === false;
  } catch {
    return false;
  }
}

/** The folder of the package that a module belongs to, as a URL; undefined for the program's own modules. */
function packageFolder(url: string): string | undefined {
  return /^file:.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url)?.[0];
}

function before(modules: readonly string[], own: string): readonly string[] {
  const index = modules.indexOf(own);
  return modules.slice(0, Math.min(index < 0 ? modules.length : index, MOST_MODULES));
}

async function namespaceOf(url: string): Promise<object | undefined> {
  const imported = await importLoaded(url, PATIENCE);
  return imported.kind === 'namespace' ? imported.namespace : undefined;
}
