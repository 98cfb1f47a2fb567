import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CancelledError } from 'heddle';
import { CodecError, ProcessPool, ThreadPool, threadFunction } from 'heddle/threads';
import type { numbersThenCoins as Coins } from '../../fixtures/threads/coins.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import { poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 60_000 };

// Imported here by its type alone.
const numbersThenCoins = threadFunction<typeof Coins>(
  new URL('../../fixtures/threads/coins.js', import.meta.url),
  'numbersThenCoins',
);

export function* countTo(last: number): Generator<number> {
  for (let n = 0; n <= last; n++) yield n;
}

for (const Pool of [ThreadPool, ProcessPool]) {
  const { name } = Pool;
  const poolFor = (t: TestContext): ThreadPool => poolOfOne(t, Pool);

  for (const coins of [1, 100]) {
    test(
      `${name}: an item that cannot be read ends the loop with why, after those before it (${coins})`,
      limit,
      async (t) => {
        const pool = poolFor(t);
        const items: unknown[] = [];
        await assert.rejects(
          async () => {
            for await (const item of pool.iterate(numbersThenCoins, 3, coins)) items.push(item);
          },
          (error) => error instanceof CodecError && error.code === 'HEDDLE_CODEC_UNKNOWN',
        );
        assert.deepEqual(items, [0, 1, 2]);
        assert.equal(await pool.defer(add, 1, 2), 3);
      },
    );
  }

  test(`${name}: an iteration that is given up under 'abandon' ends, and its thread goes on`, limit, async (t) => {
    const pool = poolFor(t);
    const controller = new AbortController();
    const items = pool
      .with({ onCancel: 'abandon', signal: controller.signal })
      .iterate(countTo, Number.MAX_SAFE_INTEGER);
    await assert.rejects(async () => {
      for await (const item of items) if (item === 20) controller.abort();
    }, CancelledError);
    assert.equal(await pool.defer(add, 1, 2), 3);
    await pool.stop();
  });
}
