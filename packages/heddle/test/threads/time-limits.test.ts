import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'heddle/defer';
import { assertNoResult, MemoryThreadPool, successResultOf } from 'heddle/testing';
import { threadFunction } from 'heddle/threads';
import { add, neverSettle } from '../fixtures/threads/jobs.ts';
import { errorOf } from '../support/failure-of.ts';
import { Gate } from '../support/gate.ts';
import { poolFor } from '../support/pools.ts';

type Loaded = typeof import('../fixtures/threads/loads-when-told.ts').loaded;
const module = new URL('../fixtures/threads/loads-when-told.js', import.meta.url);

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
