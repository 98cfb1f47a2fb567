import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { Address } from '../../wire/address.ts';
import { isHolder } from '../../wire/member.ts';
import { dataProperty } from '../members.ts';
import { isEntryModule } from '../modules/entry-module.ts';
import { importLoaded, knownNamespace } from '../modules/loaded-import.ts';
import { loadedModuleUrls, rereadScripts } from '../scripts/scripts.ts';
import { moduleObject } from './module-objects.ts';
import type { Usage } from './usage.ts';

/** A module as transformed code holds it, in a variable of its own. */
export interface Namespace {
  /** The address of what a property is a part of the module by; undefined where it is not. */
  member(key: string): Address | undefined;
  /** The address of the namespace as a whole, if it has one. */
  readonly whole: Address | undefined;
}

// A module that has finished answers in the same turn.
const PATIENCE = 4;

const namespaces = new WeakMap<object, Namespace>();
const searched = new WeakMap<object, Address | 'unknown'>();

/**
 * What an imported module became where the import was rewritten: by `import()`, by a test runner, or by a compiler
 * that puts an object around `module.exports` to make it look like a namespace. Its parts are to be loaded in the
 * thread: Node's `isMainThread` has another value there.
 */
export function namespaceOfCommonJs(value: object): Namespace | undefined {
  const known = namespaces.get(value);
  if (known !== undefined) return known;
  const exports = defaultOf(value);
  const module = isHolder(exports) ? moduleObject(exports) : undefined;
  if (module === undefined) return undefined;
  const members = new Map<string, Address>();
  const namespace: Namespace = {
    member(key) {
      const isDefault = key === 'default';
      if (!isDefault && !Object.is(Reflect.get(value, key), Reflect.get(exports as object, key))) return undefined;
      // One object for each: by it, a thread knows again what it has loaded.
      const address = members.get(key) ?? { ...module, path: isDefault ? [] : [key] };
      members.set(key, address);
      return address;
    },
    whole: module.kind === 'builtin' ? { kind: 'module', url: module.module, path: [] } : undefined,
  };
  namespaces.set(value, namespace);
  return namespace;
}

const callable = new WeakMap<Function, Address>();

/**
 * The namespace that Turbopack makes of a package outside of the bundle whose `module.exports` is a function: a function
 * itself, with that as its `default`. Node's own namespace of the file has the same there.
 */
export function callableNamespace(value: Function, { whole, parts }: Usage): Address | undefined {
  if (whole || parts.size !== 1 || !parts.has('default')) return undefined;
  const known = callable.get(value);
  if (known !== undefined) return known;
  if (dataProperty(value, Symbol.toStringTag) !== 'Module') return undefined;
  const exports = dataProperty(value, 'default');
  const module = typeof exports === 'function' ? moduleObject(exports) : undefined;
  // Of a file that has been loaded again, an import gives what it was first.
  if (module?.kind !== 'commonjs' || module.reloads?.some(({ file }) => file === module.file)) return undefined;
  const address: Address = { kind: 'module', url: pathToFileURL(module.file).href, path: [] };
  callable.set(value, address);
  return address;
}

/**
 * The address of an ES module that is used as a namespace, where its functions alone would not do.
 *
 * @returns undefined where the value is no namespace, or is known to be of no module that a thread can load
 */
export function addressOfNamespace(value: object, usage: Usage): Address | Promise<Address | undefined> | undefined {
  if (!isNamespace(value)) return undefined;
  const known = searched.get(value);
  if (known !== undefined) return known === 'unknown' ? undefined : known;
  const areFunctions = [...usage.parts.keys()].every((key) => typeof Reflect.get(value, key) === 'function');
  return usage.whole || !areFunctions ? search(value) : undefined;
}

async function search(value: object): Promise<Address | undefined> {
  const found = (await searchAmongLoaded(value)) ?? (reread() ? await searchAmongLoaded(value) : undefined);
  searched.set(value, found ?? 'unknown');
  return found;
}

async function searchAmongLoaded(value: object): Promise<Address | undefined> {
  const urls = [...loadedModuleUrls()].filter((url) => !isEntryModule(url));
  const candidates = await Promise.all(
    urls.map(async (url): Promise<Address | undefined> => {
      const namespace = knownNamespace(url) ?? (await imported(url));
      return namespace !== undefined && isSame(namespace, value) ? { kind: 'module', url, path: [] } : undefined;
    }),
  );
  return candidates.find((found) => found !== undefined);
}

async function imported(url: string): Promise<object | undefined> {
  const answer = await importLoaded(url, PATIENCE);
  return answer.kind === 'namespace' ? answer.namespace : undefined;
}

function reread(): boolean {
  try {
    rereadScripts();
    return true;
  } catch {
    return false;
  }
}

/** Whether `value` is that namespace, or a Proxy that gives what it gives. */
function isSame(namespace: object, value: object): boolean {
  if (namespace === value) return true;
  if (!types.isProxy(value)) return false;
  const keys = Object.keys(namespace);
  return (
    keys.length > 0 &&
    keys.length === Object.keys(value).length &&
    keys.every((key) => Object.is(Reflect.get(namespace, key), Reflect.get(value, key)))
  );
}

/** Vitest puts a Proxy around a namespace; other Proxies are not asked for more than this. */
function isNamespace(value: object): boolean {
  return types.isProxy(value) ? saysModule(value) : types.isModuleNamespaceObject(value);
}

function saysModule(proxy: object): boolean {
  try {
    return Reflect.get(proxy, Symbol.toStringTag) === 'Module';
  } catch {
    // Its trap throws, or it has been revoked.
    return false;
  }
}

function defaultOf(value: object): unknown {
  if (isNamespace(value)) return 'default' in value ? Reflect.get(value, 'default') : undefined;
  if (types.isProxy(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, 'default')?.value;
}
