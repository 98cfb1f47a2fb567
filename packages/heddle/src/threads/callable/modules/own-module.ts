import { pathToFileURL } from 'node:url';
import { fileOf } from '../../wire/file-of.ts';
import type { FunctionReference } from '../../wire/reference.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { importLoaded, knownNamespace } from './loaded-import.ts';
import { findMember, type Found, hasGetters, type Member } from '../members.ts';
import { hasNoSideEffects, searchPackageOfCommonJs, searchPackageOfEsModule } from './package-modules.ts';
import { plainlyGiven } from './plain-getters.ts';
import { commonJsReference } from './reloads.ts';
import type { Script } from '../scripts/scripts.ts';

/** What the module that a function is written in says about it. */
export type Verdict =
  | { readonly kind: 'exported'; readonly reference: FunctionReference }
  /** Not among what the module gives. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'ambiguous'; readonly paths: readonly [string, string] }
  | { readonly kind: 'evaluating' }
  | { readonly kind: 'failed'; readonly reason: unknown };

const DEPTH = 3;
const HIDDEN: Verdict = { kind: 'hidden' };

type Search = Verdict | Promise<Verdict>;

/** Looks for `f` among the exports of the module that `script` is the text of, and of the package that has this module. */
export function searchOwnModule(f: Function, { url, isModule, inMainRealm }: Script): Search {
  if (isModule && !inMainRealm) return HIDDEN;
  const commonJs = isModule ? undefined : commonJsModule(url);
  if (!isModule && commonJs === undefined) return HIDDEN;
  const inModule = (): Search => (commonJs === undefined ? searchEsModule(f, url) : searchCommonJs(f, commonJs));
  const inPackage = (): Search => (commonJs === undefined ? searchEsPackage(f, url) : searchCommonJsPackage(f, url));
  return hasNoSideEffects(url) ? orElse(inModule(), inPackage) : orElse(inPackage(), inModule);
}

/** What the second search finds where the first has not found it; else what the first one says. */
function orElse(first: Search, second: () => Search): Search {
  if (first instanceof Promise) return first.then((verdict) => orElse(verdict, second));
  if (first.kind === 'exported') return first;
  const next = second();
  if (next instanceof Promise) return next.then((verdict) => (verdict.kind === 'hidden' ? first : verdict));
  return next.kind === 'hidden' ? first : next;
}

function commonJsModule(url: string): NodeJS.Module | undefined {
  const file = fileOf(url);
  return file === undefined ? undefined : commonJsCache()[file];
}

function searchEsPackage(f: Function, url: string): Search {
  return searchPackageOfEsModule(f, url)?.then(verdictOf) ?? HIDDEN;
}

function searchCommonJsPackage(f: Function, url: string): Verdict {
  return verdictOf(searchPackageOfCommonJs(f, url));
}

function verdictOf(reference: FunctionReference | undefined): Verdict {
  return reference === undefined ? HIDDEN : { kind: 'exported', reference };
}

function searchEsModule(f: Function, url: string): Search {
  const known = knownNamespace(url);
  if (known !== undefined) return searchNamespace(f, url, known);
  return importLoaded(url).then((imported) =>
    imported.kind === 'namespace' ? searchNamespace(f, url, imported.namespace) : imported,
  );
}

function searchNamespace(f: Function, url: string, namespace: object): Verdict {
  return verdict(findMember(namespace, f, DEPTH), ({ path }) => ({ kind: 'module', url, path }));
}

function searchCommonJs(f: Function, module: NodeJS.Module): Search {
  const file = module.filename;
  const exports: unknown = module.exports;
  if (exports === f) return { kind: 'exported', reference: commonJsReference(file, []) };
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return HIDDEN;
  const found = findMember(exports, f, DEPTH);
  if (found !== undefined) return verdict(found, ({ path }) => commonJsReference(file, path));
  const given = plainlyGiven(exports);
  const foundThere = given && findMember(given, f, DEPTH);
  if (foundThere !== undefined) return verdict(foundThere, ({ path }) => commonJsReference(file, path));
  if (!module.loaded) return { kind: 'evaluating' };
  return hasGetters(exports) ? searchBehindGetters(f, file) : HIDDEN;
}

// Compiled CommonJS often gives its exports through getters. Node reads those it recognises as plain exports
// when an ES module imports the file: their values stand in the namespace, and no getter is called by guess.
async function searchBehindGetters(f: Function, file: string): Promise<Verdict> {
  const imported = await importLoaded(pathToFileURL(file).href);
  if (imported.kind !== 'namespace') return HIDDEN;
  return verdict(findMember(imported.namespace, f, DEPTH), ({ path }) => commonJsReference(file, path));
}

function verdict(found: Found | undefined, refer: (member: Member) => FunctionReference): Verdict {
  if (found === undefined) return HIDDEN;
  const { member, rival } = found;
  if (rival !== undefined) return { kind: 'ambiguous', paths: [member.path.join('.'), rival.path.join('.')] };
  return { kind: 'exported', reference: refer(member) };
}
