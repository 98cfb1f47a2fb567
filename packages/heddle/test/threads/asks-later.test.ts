import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ask } from 'heddle/threads';
import { answering, askAfter, awaitFor, leaveAQuestion } from '../fixtures/threads/asks-later.ts';
import { add } from '../fixtures/threads/jobs.ts';
import { sharedInts } from '../support/gate.ts';
import { poolFor } from '../support/pools.ts';

const limit = { timeout: 30_000 };

test('a thread that asks when it has no job gets none meanwhile', limit, async (t) => {
  for (const max of [1, 2]) {
    const pool = poolFor(t, { max });
    answering.pool = pool;
    const notes = sharedInts(1);
    await pool.defer(leaveAQuestion, notes);
    while (Atomics.load(notes, 0) === 0) await nextTurn();
    assert.equal(Atomics.load(notes, 0), 2);
    // It takes calls again.
    assert.equal(await pool.defer(add, 1, 2), 3);
  }
});

test('a thread with several jobs goes on waiting when another of them has ended', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 3 });
  await Promise.all([
    pool.defer(awaitFor, 1),
    pool.defer(
      askAfter,
      ask(() => 1),
      1,
    ),
  ]);
  for (let round = 0; round < 10; round++) {
    const useThreads = async (): Promise<number> => {
      await nextTurn();
      return pool.defer(Math.sqrt, 4);
    };
    const calls = [pool.defer(awaitFor, 1), pool.defer(askAfter, ask(useThreads), 2)] as const;
    await nextTurn();
    // The reactor hears of the end of the one and of the question of the other in the same turn.
    Atomics.wait(sharedInts(1), 0, 0, 30);
    assert.equal(await calls[1], 2);
    await calls[0];
  }
});
