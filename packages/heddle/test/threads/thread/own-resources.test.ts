import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ThreadPool } from 'heddle/threads';
import { passGate, whichThread } from '../../fixtures/threads/jobs.ts';
import { leaveInterval, leaveLateTimer, leaveServer, leaveServerForOne } from '../../fixtures/threads/leftovers.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

/** Waits until so many threads are left, or the test has lasted too long. */
async function threadsAre(pool: ThreadPool, count: number, t: TestContext): Promise<void> {
  while (pool.statistics().threads !== count) {
    t.signal.throwIfAborted();
    await nextTurn();
  }
}

/** Runs a job in a thread beside another, so that there are two. */
async function besideAnother<T>(pool: ThreadPool, job: () => PromiseLike<T>): Promise<T> {
  const gate = new Gate();
  const other = pool.defer(passGate, gate.shared);
  await gate.entered();
  const result = await job();
  gate.open();
  await other;
  return result;
}

test('a thread with a server of its own outlives idleTimeout, and ends when the server is closed', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 1 });
  const port = await besideAnother(pool, () => pool.defer(leaveServerForOne));
  await threadsAre(pool, 1, t);
  assert.equal(await text(connect(port, '127.0.0.1')), 'served by a thread');
  await threadsAre(pool, 0, t);
});

test('a thread that is not needed ends after the timers that hold it, not before', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 0 });
  const flag = sharedInts(1);
  await pool.defer(leaveLateTimer, flag);
  await threadsAre(pool, 0, t);
  assert.equal(flag[0], 1);
});

test('what would not hold a program does not hold a thread', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 1 });
  await pool.defer(leaveInterval, sharedInts(1));
  await threadsAre(pool, 0, t);
});

test('a thread that something of its own holds goes on with calls, and is asked again after them', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 1 });
  const port = await besideAnother(pool, () => pool.defer(leaveServerForOne));
  await threadsAre(pool, 1, t);
  const thread = await pool.defer(whichThread);
  for (let call = 0; call < 5; call++) {
    assert.equal(await pool.defer(whichThread), thread);
    await nextTurn();
  }
  assert.equal(await text(connect(port, '127.0.0.1')), 'served by a thread');
  await threadsAre(pool, 0, t);
});

test('adjustPoolSize() and stop() end threads whatever holds them', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 1 });
  await besideAnother(pool, () => pool.defer(leaveServer));
  await threadsAre(pool, 1, t);
  await pool.defer(leaveServer);
  const gate = new Gate();
  const first = pool.defer(passGate, gate.shared);
  await gate.entered();
  await pool.defer(leaveServer);
  gate.open();
  await first;
  pool.adjustPoolSize({ max: 1 });
  await threadsAre(pool, 1, t);
  await pool.stop();
  assert.equal(pool.statistics().threads, 0);
});
