import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CLIENTS } from '../client/load.ts';
import { PINGS_PER_SECOND } from '../client/poller.ts';
import type { WorkRoute } from '../routes.ts';
import { type ModeSummary, pingRatio } from './summary.ts';

/** Writes what was measured to `bench/results/demo.json` and gives the file's path. */
export function writeResult(
  routes: readonly WorkRoute[],
  secondsPerPhase: number,
  modes: { readonly inline: ModeSummary; readonly deferred: ModeSummary },
): string {
  const result = {
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      date: new Date().toISOString(),
    },
    load: {
      secondsPerPhase,
      clients: CLIENTS,
      pingsPerSecond: PINGS_PER_SECOND,
      work: Object.fromEntries(routes.map((route) => [route.path, route.work])),
    },
    units: { p50: 'ms', p99: 'ms', max: 'ms' },
    pingP99Ratio: Math.round(pingRatio(modes.inline, modes.deferred) * 10) / 10,
    modes,
  };
  const folder = new URL('../../../bench/results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL('demo.json', folder));
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
