import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, Deferred } from 'heddle/defer';
import { blockingCallFromThread } from 'heddle/thread';
import { ask } from 'heddle/threads';
import {
  answering,
  askAfter,
  askThenPassGate,
  awaitFor,
  leaveAQuestion,
  useReactor,
} from '../../fixtures/threads/asks-later.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

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

test('what initThread has left behind may ask before its end has been heard of', limit, async (t) => {
  const notes = sharedInts(1);
  const askLater = (): void => {
    setTimeout(() => {
      // One thread alone asks.
      if (Atomics.compareExchange(notes, 0, 0, 1) !== 0) return;
      Atomics.notify(notes, 0);
      blockingCallFromThread(useReactor as () => unknown);
    }, 0);
  };
  const pool = poolFor(t, { max: 1, initThread: askLater });
  answering.pool = pool;
  const call = pool.defer(add, 1, 2);
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  // The reactor hears of the question first, and in the same turn of the end of `initThread`.
  Atomics.wait(notes, 0, 0, 20_000);
  Atomics.wait(sharedInts(1), 0, 0, 30);
  assert.equal(await call, 3);
});

test('a call that was given up while it asked, and computes, has its thread again', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const asked = new Deferred<void>();
  const question = ask((): Deferred<never> => {
    asked.callback();
    return new Deferred();
  });
  const asking = pool.with({ onCancel: 'cooperate' }).defer(askThenPassGate, question, gate.shared);
  await asked;
  asking.cancel();
  await errorOf(asking, CancelledError);
  // No call is pending that would keep the process.
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  await gate.entered();
  const other = pool.defer(add, 1, 2);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.equal(pool.statistics().threads, 1);
  gate.open();
  assert.equal(await other, 3);
});
