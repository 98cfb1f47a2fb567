import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { TimeoutError } from 'heddle/defer';
import { CallableError, PoolStoppedError, ThreadExitError, type ThreadPool, UnclonableError } from 'heddle/threads';
import * as faults from '../../fixtures/threads/faults.ts';
import { add, identity, neverSettle, passGate, whichThread } from '../../fixtures/threads/jobs.ts';
import { brokenFunction } from '../../support/broken-module.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

async function assertUsable(pool: ThreadPool): Promise<void> {
  assert.equal(await pool.defer(add, 1, 2), 3);
  const { backlog, busy } = pool.statistics();
  assert.deepEqual({ backlog, busy }, { backlog: 0, busy: 0 });
}

test('a value arrives', limit, async (t) => {
  const pool = poolFor(t);
  assert.equal(await pool.defer(add, 40, 2), 42);
});

test(
  'threads whose limits let none of them start fail every call, and are not made again for ever',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 1, max: 1, resourceLimits: { maxOldGenerationSizeMb: 4 } });
    const calls = Array.from({ length: 3 }, () => failureOf(pool.defer(add, 1, 2)));
    for (const error of await Promise.all(calls)) assert.ok(error instanceof ThreadExitError);
    await pool.stop();
    assert.equal(pool.statistics().threads, 0);
  },
);

test('ten thousand waiting calls whose arguments cannot be sent are each refused', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const first = pool.defer(passGate, gate.shared);
  const refused = Array.from({ length: 10_000 }, () => failureOf(pool.defer(identity<unknown>, new WeakMap())));
  const last = pool.defer(add, 1, 2);
  await gate.entered();
  gate.open();
  await first;
  for (const error of await Promise.all(refused)) {
    assert.ok(error instanceof UnclonableError);
    assert.match(error.message, /^args\[0\]: WeakMap/);
  }
  assert.equal(await last, 3);
});

test('calls that fail before they run leave the functions of their thread known', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal(await pool.defer(add, 1, 2), 3);
  await errorOf(pool.defer(add, 1, Symbol('no number') as unknown as number), UnclonableError);
  await failureOf(pool.defer(brokenFunction('throws-at-import.mjs')));
  assert.equal(await pool.defer(add, 3, 4), 7);
});

test('a promise that never settles ends by its timeout, and frees the place of its thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await errorOf(pool.with({ timeout: 50 }).defer(neverSettle, new Gate().shared), TimeoutError);
  await assertUsable(pool);
});

test('a file that is not there fails the call, and not the thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(brokenFunction('never-loads.mjs?and-no-such-file')), CallableError);
  assert.equal(error.code, 'HEDDLE_MODULE_FAILED');
  await assertUsable(pool);
});

test('work that waits behind a thread that dies goes on in its successor', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const blocking = pool.defer(passGate, gate.shared);
  const dying = failureOf(pool.defer(faults.exit, 9));
  const behind = Array.from({ length: 20 }, (_, n) => pool.defer(add, n, 1));
  gate.open();
  await blocking;
  assert.ok((await dying) instanceof ThreadExitError);
  assert.deepEqual(
    await Promise.all(behind),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test(
  'a thread that dies by what an answered call left behind is reported, and replaced when needed',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const warned = once(process, 'warning');
    // No call is pending while the thread dies, so nothing else would keep the process.
    const hold = setInterval(() => {}, 1000);
    t.after(() => clearInterval(hold));
    assert.equal(await pool.defer(faults.answerThenThrow, 'an afterthought'), 'answered');
    const [warning] = (await warned) as [Error & { code?: string; detail?: string }];
    assert.equal(warning.code, 'HEDDLE_THREAD_EXIT');
    assert.match(warning.message, /an afterthought/);
    assert.match(warning.detail ?? '', /answerThenThrow|faults/);
    await assertUsable(pool);
  },
);

test('a thread that dies while idle costs the call nothing that it was just given', limit, async (t) => {
  const pool = poolFor(t, { min: 1, max: 1 });
  const gate = new Gate();
  const thread = await pool.defer(faults.answerThenExitAtGate, gate.shared);
  const given = pool.defer(whichThread);
  const behind = pool.defer(add, 1, 2);
  gate.open();
  assert.notEqual(await given, thread);
  assert.equal(await behind, 3);
  assert.equal(pool.statistics().threads, 1);
});

test('an answer counts though its thread is gone before it is read', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // From here on both sides know the function, and need not ask for it while this thread is blocked.
  await pool.defer(faults.answerThenExitAtOnce, sharedInts(1));
  for (let time = 0; time < 5; time++) {
    await pool.defer(whichThread);
    await pool.defer(faults.giveInstance).addErrback(() => {});
    const gone = sharedInts(1);
    const call = pool.defer(faults.answerThenExitAtOnce, gone);
    // This thread sees nothing until the other has come to its end, and a little longer.
    assert.notEqual(Atomics.wait(gone, 0, 0, 10_000), 'timed-out');
    Atomics.wait(gone, 0, 1, 20);
    assert.equal(await call, 'answered');
  }
});

test('a call that was given to a dying thread and is cancelled stays cancelled', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  await pool.defer(faults.answerThenExitAtGate, gate.shared);
  const given = pool.defer(whichThread);
  given.cancel();
  gate.open();
  assert.equal(((await failureOf(given)) as NodeJS.ErrnoException).code, 'ABORT_ERR');
  await assertUsable(pool);
});

test('a stopped pool finishes what runs and what waits, and refuses what comes', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  const waiting = pool.defer(add, 1, 2);
  await gate.entered();
  const stopped = pool.stop();
  const refused = await errorOf(pool.defer(add, 3, 4), PoolStoppedError);
  assert.equal(refused.code, 'HEDDLE_POOL_STOPPED');
  assert.match(refused.message, /'heddle' has been stopped and did not take add/);
  assert.equal(stopped.called, false);
  gate.open();
  assert.equal(typeof (await running), 'number');
  assert.equal(await waiting, 3);
  await stopped;
  assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
  await errorOf(pool.defer(add, 3, 4), PoolStoppedError);
});
