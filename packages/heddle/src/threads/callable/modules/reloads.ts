import type { CommonJsReference, Reload } from '../../wire/address.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { isEntryModule } from './entry-module.ts';

const seen = new WeakSet<NodeJS.Module>();
const files = new Set<string>();
const times = new Map<string, number>();
let reloads: readonly Reload[] | undefined;

/**
 * Takes note of the CommonJS files that the program has loaded again since this was last done, as those do that take files
 * out of `require.cache` when they have changed: threads may still have what the file was before.
 */
export function noteReloads(): void {
  const cache = commonJsCache();
  let isChanged = false;
  // Of some thousands, `Object.entries` would take ten times as long.
  for (const file of Object.keys(cache)) {
    const module = cache[file];
    if (module === undefined || seen.has(module)) continue;
    seen.add(module);
    const isFirst = !files.has(file);
    files.add(file);
    if (isFirst || isEntryModule(file)) continue;
    times.set(file, (times.get(file) ?? 1) + 1);
    isChanged = true;
  }
  if (isChanged) reloads = [...times].map(([file, count]) => ({ file, times: count }));
}

/** The address of what a CommonJS file gives now, as far as reloads have been noted. */
export function commonJsReference(file: string, path: readonly string[]): CommonJsReference {
  return { kind: 'commonjs', file, path, ...(reloads && { reloads }) };
}
