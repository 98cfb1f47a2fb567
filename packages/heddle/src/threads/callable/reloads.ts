import type { CommonJsReference, Reload } from '../wire/address.ts';
import { commonJsCache } from './common-js-cache.ts';
import { isEntryModule } from './entry-module.ts';

/** What was last seen of each CommonJS file. */
const modules = new Map<string, WeakRef<NodeJS.Module>>();
const times = new Map<string, number>();
let reloads: readonly Reload[] | undefined;

/**
 * Takes note of the CommonJS files that the program has loaded again since this was last done, as those do that take files
 * out of `require.cache` when they have changed: threads may still have what the file was before.
 */
export function noteReloads(): void {
  let isChanged = false;
  for (const [file, module] of Object.entries(commonJsCache())) {
    const seen = modules.get(file);
    if (module === undefined || seen?.deref() === module) continue;
    modules.set(file, new WeakRef(module));
    if (seen === undefined || isEntryModule(file)) continue;
    times.set(file, (times.get(file) ?? 1) + 1);
    isChanged = true;
  }
  if (isChanged) reloads = [...times].map(([file, count]) => ({ file, times: count }));
}

/** The address of what a CommonJS file gives now, as far as reloads have been noted. */
export function commonJsReference(file: string, path: readonly string[]): CommonJsReference {
  return { kind: 'commonjs', file, path, ...(reloads && { reloads }) };
}
