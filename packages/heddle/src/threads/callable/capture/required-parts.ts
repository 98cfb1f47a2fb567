import path from 'node:path';
import type { Address } from '../../wire/address.ts';
import type { LoadableReference } from '../../wire/captured.ts';
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

/**
 * The address of what a name at the top of the literal's module has by `require`, or of a part of it, as long as the module
 * that is required there gives this very value.
 */
export function requiredPart(
  literal: Literal,
  name: string,
  steps: readonly string[],
  value: unknown,
): Address | undefined {
  const required = literal.facts.required.get(name);
  const file = required && fileOf(required, literal.script);
  if (required === undefined || file === undefined || isEntryModule(file)) return undefined;
  const module = commonJsCache()[file];
  if (module?.loaded !== true) return undefined;
  const way = [...required.path, ...steps];
  if (valueAt(module.exports, way) !== value) return undefined;
  return addressIn(module, file, way);
}

/**
 * What a thread loads where a variable's value was found in a package: the program's own file from which the variable has
 * it, as an `import` of that would, since that file may set the package up.
 */
export function byOwnFile(
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

function placeOf(found: LoadableReference): string | undefined {
  if (found.kind === 'commonjs') return found.file;
  return found.kind === 'module' ? found.url : undefined;
}

function fileOf(required: RequiredName, script: string): string | undefined {
  if (!files.has(required)) files.set(required, resolved(required.specifier, script));
  return files.get(required);
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
