import { createRequire } from 'node:module';
import type { Reload } from '../../wire/address.ts';

const times = new Map<string, number>();

/** Lets what this thread loads next read the files anew that the program has loaded more often than this thread has. */
export function forgetReloaded(reloads: readonly Reload[]): void {
  const { cache } = createRequire(__filename);
  for (const { file, times: wanted } of reloads) {
    if ((times.get(file) ?? 1) >= wanted) continue;
    times.set(file, wanted);
    delete cache[file];
  }
}
