import { types } from 'node:util';
import type { Address } from '../../wire/address.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { isEntryModule } from '../modules/entry-module.ts';
import { countNodeModules, loadedNodeModules } from '../node-functions.ts';
import { commonJsReference, noteReloads } from '../modules/reloads.ts';

const addresses = new WeakMap<object, Address>();
const others = new WeakSet<object>();
let nodeModulesKnown = 0;

/**
 * The address of an object that is what a module gives as a whole: `module.exports` of a CommonJS
 * file, or one of Node's own modules. `performance` has one, too.
 */
export function moduleObject(value: object): Address | undefined {
  const known = addresses.get(value);
  if (known !== undefined || others.has(value)) return known;
  const loaded = countNodeModules();
  if (loaded !== nodeModulesKnown) {
    nodeModulesKnown = loaded;
    for (const name of loadedNodeModules()) rememberNodeModule(`node:${name}`);
  }
  const found = addresses.get(value) ?? commonJsModule(value);
  if (found === undefined) others.add(value);
  else addresses.set(value, found);
  return found;
}

/** The same where the object stands within another, and may be a trap. */
export function loadedObject(value: object): Address | undefined {
  return types.isProxy(value) ? undefined : moduleObject(value);
}

function rememberNodeModule(module: string): void {
  const exports: unknown = process.getBuiltinModule(module);
  if ((exports !== null && typeof exports === 'object') || typeof exports === 'function')
    addresses.set(exports, { kind: 'builtin', module, path: [] });
  // By `const { performance } = require('perf_hooks')` a variable holds an instance, of which each thread has its own.
  if (module === 'node:perf_hooks') {
    const { performance } = exports as typeof import('node:perf_hooks');
    addresses.set(performance, { kind: 'builtin', module, path: ['performance'] });
  }
}

function commonJsModule(value: object): Address | undefined {
  const cache = commonJsCache();
  for (const [file, module] of Object.entries(cache)) {
    if (module?.exports !== value || !module.loaded || isEntryModule(file)) continue;
    noteReloads();
    return commonJsReference(file, []);
  }
  return undefined;
}
