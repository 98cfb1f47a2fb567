import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'heddle/defer';
import { assertNoResult, MemoryThreadPool, successResultOf } from 'heddle/testing';
import { threadFunction } from 'heddle/threads';
import { add, neverSettle } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

type Loaded = typeof import('../../fixtures/threads/loads-when-told.ts').loaded;
const module = new URL('../../fixtures/threads/loads-when-told.js', import.meta.url);

test('the time in the queue ends when the thread has begun', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const gate = new Gate();
  const running = pool.with({ queueTimeout: 100 }).defer(neverSettle, gate.shared);
  void pool.performAll();
  await gate.entered();
  pool.clock.advance(100);
  assertNoResult(running);
  assert.deepEqual(pool.clock.getDelayedCalls(), []);
  running.cancel();
  await errorOf(running, CancelledError);
});

test('a thread that has the call, but has not begun it, does not stop the time in the queue', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const call = pool.with({ queueTimeout: 100 }).defer(add, 1, 2);
  await nextTurn();
  pool.clock.advance(99);
  assertNoResult(call);
  pool.clock.advance(1);
  assert.equal((await errorOf(call, TimeoutError)).limit, 'queue');
  assert.equal(await pool.perform(), false);
});

test('a call that has not begun has not run for too long, be it for no time at all', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const call = pool.with({ runTimeout: 0 }).defer(add, 1, 2);
  await nextTurn();
  pool.clock.advance(1000);
  assertNoResult(call);
  await pool.perform();
  assert.equal(successResultOf(call), 3);
});

for (const limit of ['timeout', 'runTimeout'] as const) {
  test(`a result that is on its way back when the ${limit} is over is taken`, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const [gate, done] = [new Gate(), sharedInts(1)];
    // What a busy machine may take until the thread is in the call: it is to be there in time.
    const milliseconds = 3_000;
    await pool.defer(add, 1, 2);
    const call = pool.with({ [limit]: milliseconds }).defer(passGateThenCount, gate.shared, done);
    await gate.entered();
    // The loop no longer looks for results by itself.
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    gate.open();
    const over = performance.now() + milliseconds + 100;
    while (performance.now() < over || done[0] === 0);
    assert.equal(await call, 1);
  });
}

const passGateThenCount = (gate: Int32Array, done: Int32Array): number => {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  Atomics.wait(gate, 1, 0);
  return Atomics.add(done, 0, 1) + 1;
};

test('loading a module for the first time is no time of running, nor of waiting', async () => {
  const told = globalThis as { heddleTestMayLoad?: Promise<void> };
  let load = (): void => {};
  told.heddleTestMayLoad = new Promise((resolve) => {
    load = resolve;
  });
  const pool = new MemoryThreadPool({ max: 1 });
  const call = pool.with({ runTimeout: 10, queueTimeout: 10 }).defer(threadFunction<Loaded>(module, 'loaded'));
  const performed = pool.perform();
  await nextTurn();
  pool.clock.advance(1_000);
  assertNoResult(call);
  load();
  await performed;
  assert.equal(successResultOf(call), 'loaded');
  assert.deepEqual(pool.clock.getDelayedCalls(), []);
});

test('a thread that loads a module for longer than the run timeout is left to it', async (t) => {
  const pool = poolFor(t, { max: 1 });
  const { defer } = pool.with({ runTimeout: 200 });
  assert.equal(await defer(threadFunction<Loaded>(module, 'loaded')), 'loaded');
});

test('a call asks for no timer before it needs one', () => {
  const pool = new MemoryThreadPool({ max: 1 });
  void pool.defer(add, 1, 2);
  void pool.with({ timeout: Number.POSITIVE_INFINITY, queueTimeout: undefined, runTimeout: 100 }).defer(add, 1, 2);
  assert.deepEqual(pool.clock.getDelayedCalls(), []);
});
