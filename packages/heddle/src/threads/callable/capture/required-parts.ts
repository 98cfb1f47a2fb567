import path from 'node:path';
import type { Address } from '../../wire/address.ts';
import type { ImportReference, LoadableReference, Target } from '../../wire/captured.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { dataProperty } from '../members.ts';
import { isEntryModule } from '../modules/entry-module.ts';
import { packageName } from '../modules/package-name.ts';
import { commonJsReference, noteReloads } from '../modules/reloads.ts';
import type { Literal } from './literal.ts';
import type { RequiredName } from './required-names.ts';

/** Addresses of what modules give: one object each, by which a thread knows again what it has loaded. */
const addresses = new WeakMap<NodeJS.Module, Map<string, Address>>();
const files = new WeakMap<RequiredName, string | undefined>();

const imports = new WeakMap<RequiredName, ImportReference>();
/** By the function that was deferred: what of a value it uses cannot be copied, with the name that has it. */
const notCopied = new WeakMap<Literal, WeakMap<object, { readonly literal: Literal; readonly name: string }>>();

/**
 * What a thread loads to have what a name at the top of the literal's module has by `require`, or a part of it, as long as
 * the module that is required there gives this very value; or to have what it has by `await import()`, which nobody can ask
 * for at once: of that no part.
 */
export function requiredPart(
  literal: Literal,
  name: string,
  steps: readonly string[],
  value: unknown,
): LoadableReference | undefined {
  const required = literal.facts.required.get(name);
  if (required === undefined) return undefined;
  const file = fileOf(required, literal.script);
  if (file !== undefined && isEntryModule(file)) return undefined;
  if (required.by === 'import') return steps.length === 0 ? importOf(required, literal) : undefined;
  if (file === undefined) return undefined;
  const module = commonJsCache()[file];
  if (module?.loaded !== true) return undefined;
  const way = [...required.path, ...steps];
  if (valueAt(module.exports, way) !== value) return undefined;
  return addressIn(module, file, way);
}

/**
 * Has a thread load for a function, from now on, what a name has of a module and cannot be copied.
 *
 * @param deferred the function that was deferred: to others, who use what can be copied, it is still copied
 * @returns whether it can
 */
export function loadInstead(deferred: Literal, literal: Literal, name: string, value: object): boolean {
  if (requiredPart(literal, name, [], value) === undefined) return false;
  const known = notCopied.get(deferred) ?? new WeakMap<object, { literal: Literal; name: string }>();
  notCopied.set(deferred, known.set(value, { literal, name }));
  return true;
}

/** What a thread loads in the place of a value that was found not to be copied. */
export function loadedInstead(deferred: Literal, value: object): LoadableReference | undefined {
  const found = notCopied.get(deferred)?.get(value);
  return found && requiredPart(found.literal, found.name, [], value);
}

/** Has what was found in a package loaded by the program's own file that the variable has it from. */
export function asRequired(
  set: (target: Target) => void,
  literal: Literal,
  name: string,
  path: readonly string[],
  value: unknown,
): (target: Target) => void {
  if (!isRequired(literal, name)) return set;
  return (target) =>
    target.kind === 'loaded'
      ? set({ ...target, reference: byOwnFile(target.reference, literal, name, path, value) })
      : set(target);
}

export function isRequired({ facts }: Literal, name: string): boolean {
  return facts.required.get(name) !== undefined;
}

/**
 * What a thread loads where a variable's value was found in a package: the program's own file from which the variable has
 * it, as an `import` of that would, since that file may set the package up.
 */
function byOwnFile(
  found: LoadableReference,
  literal: Literal,
  name: string,
  steps: readonly string[],
  value: unknown,
): LoadableReference {
  const place = placeOf(found);
  const foreign = place === undefined ? undefined : packageName(place);
  if (foreign === undefined) return found;
  const required = literal.facts.required.get(name);
  const file = required && fileOf(required, literal.script);
  if (file === undefined || packageName(file) === foreign || packageName(file) !== packageName(literal.script))
    return found;
  return requiredPart(literal, name, steps, value) ?? found;
}

/** The path or the URL of the module that a thread loads; undefined where that is looked for by its name. */
export function placeOf(found: LoadableReference): string | undefined {
  if (found.kind === 'commonjs') return found.file;
  return found.kind === 'module' ? found.url : undefined;
}

function importOf(required: RequiredName, { script }: Literal): ImportReference | undefined {
  if (!script.startsWith('file:')) return undefined;
  const { specifier, path } = required;
  const reference = imports.get(required) ?? { kind: 'import', script, specifier, path };
  imports.set(required, reference);
  return reference;
}

/** Where the module is that is required: its path, or the URL of what is imported, unless by a package's name. */
function fileOf(required: RequiredName, script: string): string | undefined {
  if (!files.has(required)) {
    const { by, specifier } = required;
    files.set(required, by === 'import' ? importedFrom(specifier, script) : resolved(specifier, script));
  }
  return files.get(required);
}

function importedFrom(specifier: string, script: string): string | undefined {
  if (!script.startsWith('file:')) return undefined;
  return /^(?:\.{0,2}\/|file:)/.test(specifier) ? new URL(specifier, script).href : undefined;
}

function resolved(specifier: string, script: string): string | undefined {
  if (!script.startsWith('file:') && !path.isAbsolute(script)) return undefined;
  try {
    return process.getBuiltinModule('node:module').createRequire(script).resolve(specifier);
  } catch {
    // There is none from there.
    return undefined;
  }
}

function valueAt(exports: unknown, way: readonly string[]): unknown {
  let at = exports;
  for (const key of way) {
    if (at === null || (typeof at !== 'object' && typeof at !== 'function')) return undefined;
    at = dataProperty(at, key);
  }
  return at;
}

function addressIn(module: NodeJS.Module, file: string, way: readonly string[]): Address {
  let known = addresses.get(module);
  if (known === undefined) {
    noteReloads();
    addresses.set(module, (known = new Map()));
  }
  const key = JSON.stringify(way);
  const address = known.get(key) ?? commonJsReference(file, way);
  known.set(key, address);
  return address;
}
