import { test } from 'node:test';
import { ThreadExitError } from 'heddle/threads';
import { poolFor } from '../../support/pools.ts';
import { faultRows, type WorkerKind } from './fault-rows.ts';

const threads: WorkerKind = {
  exitError: ThreadExitError,
  isOutOfMemory: ({ cause }) => (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY',
  outOfMemory: /because it ran out of memory/,
  smallHeap: { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 } },
};

for (const { name, options, run } of faultRows) {
  test(name, { timeout: 30_000 }, (t) => run(poolFor(t, { max: 1, ...options?.(threads) }), threads));
}
