import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deferred } from 'heddle/defer';
import { ProcessPool, ThreadPool } from 'heddle/threads';
import { add, identity } from '../../fixtures/threads/jobs.ts';
import { poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 120_000 };

/** Calls `f` from this many calls before the stack ends. */
function callNearStackEnd<T>(calls: number, f: () => T): T {
  let left = calls;
  const goDown = (): T => {
    try {
      return goDown();
    } catch (error) {
      if (left-- !== 0) throw error;
      return f();
    }
  };
  return goDown();
}

const captured = { by: 1 };
const value = { list: [new Map([[1, { deep: [2] }]])], text: 'x'.repeat(20_000) };

for (const Pool of [ThreadPool, ProcessPool]) {
  const ways: Record<string, (pool: ThreadPool) => Deferred<unknown>> = {
    'of numbers': (pool) => pool.defer(add, 1, 2),
    'of an object': (pool) => pool.defer(identity, value),
    'of a function that captures': (pool) => pool.defer((n: number) => n + captured.by, 2),
    'that has a key and a time limit': (pool) => pool.with({ key: 'one', timeout: 60_000 }).defer(add, 1, 2),
  };
  for (const [what, call] of Object.entries(ways)) {
    test(
      `a call ${what} where the stack ends is answered or fails with that, and disturbs no other (${Pool.name})`,
      limit,
      async (t) => {
        const pool = poolOfOne(t, Pool);
        await call(pool);
        let answered = 0;
        let thrown = 0;
        for (let calls = 1; calls < 700; calls += 6) {
          try {
            await callNearStackEnd(calls, () => call(pool));
            answered++;
          } catch (error) {
            // Some room more, and the value cannot be sent for that reason.
            assert.match(String(error), /Maximum call stack size exceeded/);
            thrown++;
          }
          assert.equal(await pool.defer(add, 3, 4), 7);
        }
        assert.ok(thrown > 0 && answered > 0, `${thrown} thrown, ${answered} answered`);
      },
    );
  }
}
