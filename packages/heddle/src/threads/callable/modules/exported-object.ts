import type { Address } from '../../wire/address.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { isEntryModule } from './entry-module.ts';
import { importLoaded } from './loaded-import.ts';
import { dataProperty } from '../members.ts';
import { commonJsReference } from './reloads.ts';
import { loadedModuleUrls, rereadScripts } from '../scripts/scripts.ts';

// A module that has finished answers in the same turn.
const PATIENCE = 4;

/**
 * Looks through the loaded modules for one that exports this very object, so that a thread can load its own. The program's
 * entry module is left out, which no thread may load.
 */
export async function addressOfObject(object: object): Promise<Address | undefined> {
  const inCommonJs = addressInCommonJs(object);
  if (inCommonJs !== undefined) return inCommonJs;
  rereadScripts();
  const urls = [...loadedModuleUrls()].filter((url) => !isEntryModule(url));
  const found = await Promise.all(urls.map((url) => addressIn(url, object)));
  return found.find((address) => address !== undefined);
}

async function addressIn(url: string, object: object): Promise<Address | undefined> {
  const imported = await importLoaded(url, PATIENCE);
  const path = imported.kind === 'namespace' ? pathTo(object, imported.namespace) : undefined;
  return path && { kind: 'module', url, path };
}

function addressInCommonJs(object: object): Address | undefined {
  for (const [file, module] of Object.entries(commonJsCache())) {
    if (module?.loaded !== true || isEntryModule(file)) continue;
    const path = module.exports === object ? [] : pathTo(object, module.exports);
    if (path !== undefined) return commonJsReference(file, path);
  }
  return undefined;
}

function pathTo(object: object, exports: unknown): string[] | undefined {
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return undefined;
  const key = Object.keys(exports).find((name) => dataProperty(exports, name) === object);
  return key === undefined ? undefined : [key];
}
