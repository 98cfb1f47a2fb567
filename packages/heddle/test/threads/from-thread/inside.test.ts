import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError } from 'heddle/defer';
import { MemoryThreadPool, successResultOf } from 'heddle/testing';
import {
  askLeftBehind,
  leaveBehind,
  lookLater,
  saw,
  spinUntilAborted,
  spinUntilCancelled,
  spinUntilThrown,
  waitForAbort,
  whereAmI,
} from '../../fixtures/threads/inside.ts';
import { whichThread } from '../../fixtures/threads/jobs.ts';
import { sizes } from '../../support/sizes.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

test('code knows whether it runs in a thread, and outside of a job nothing is cancelled', limit, async (t) => {
  assert.deepEqual(whereAmI(), { inThread: false, cancelled: false, aborted: false });
  assert.deepEqual(await poolFor(t).defer(whereAmI), { inThread: true, cancelled: false, aborted: false });
});

for (const job of [spinUntilCancelled, spinUntilThrown, spinUntilAborted, waitForAbort]) {
  test(`a running job sees that its call was cancelled, and its thread stays (${job.name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const thread = await pool.defer(whichThread);
    // Twice, so that the thread knows the function the second time.
    for (let round = 0; round < 2; round++) {
      const gate = new Gate();
      const call = pool
        .with({ grace: Number.POSITIVE_INFINITY })
        .defer(job as (gate: Int32Array) => unknown, gate.shared);
      await gate.entered();
      call.cancel();
      await errorOf(call, CancelledError);
      assert.equal(await pool.defer(whichThread), thread);
      assert.equal(gate.shared[1], saw.cancelled);
    }
  });
}

test("what an earlier job left behind does not take another job's cancel for its own", limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.defer(leaveBehind);
  const gate = new Gate();
  const call = pool.with({ onCancel: 'cooperate' }).defer(askLeftBehind, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  await pool.defer(whichThread);
  assert.equal(gate.shared[1], saw.notCancelled);
});

test('a job in a slot that another job was cancelled in is not cancelled', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const call = pool.with({ onCancel: 'cooperate' }).defer(spinUntilCancelled, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  assert.deepEqual(await pool.defer(whereAmI), { inThread: true, cancelled: false, aborted: false });
});

test('an abandoned job is not told, and keeps its thread until it ends', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  const gate = new Gate();
  const call = pool.with({ onCancel: 'abandon' }).defer(lookLater, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  assert.deepEqual(sizes(pool), { threads: 1, idle: 0, busy: 1, backlog: 0 });
  const next = pool.defer(whichThread);
  gate.open();
  assert.equal(await next, thread);
  assert.equal(gate.shared[1], saw.notCancelled);
});

test('in a memory pool a job knows that it is one, and sees that its call was cancelled', limit, async () => {
  const pool = new MemoryThreadPool();
  const where = pool.defer(whereAmI);
  await pool.perform();
  assert.deepEqual(successResultOf(where), { inThread: true, cancelled: false, aborted: false });
  assert.deepEqual(whereAmI(), { inThread: false, cancelled: false, aborted: false });

  const gate = new Gate();
  const call = pool.with({ onCancel: 'cooperate' }).defer(waitForAbort, gate.shared);
  const performed = pool.perform();
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  await performed;
  // The job runs with the memory of the test, and has ended when its thread has room again.
  assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
});
