import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assertNoResult, successResultOf } from 'heddle/testing';
import { ThreadExitError, ThreadInitError, type ThreadPoolOptions } from 'heddle/threads';
import { throwUndefined } from '../../fixtures/threads/faults.ts';
import * as init from '../../fixtures/threads/init.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { FailingPool } from '../../support/failing-pool.ts';
import { poolFor } from '../../support/pools.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

function failingPool(t: TestContext, options: ThreadPoolOptions): FailingPool {
  const pool = new FailingPool(options);
  t.after(() => pool.stop({ deadline: 0 }));
  return pool;
}

test('threads that end at once are made again after pauses that double, up to half a minute', async (t) => {
  const pool = failingPool(t, { min: 1, max: 1 });
  pool.fate = 'ends at once';
  pool.start();
  await pool.settle();
  // The first that fails may have met with an accident.
  assert.equal(pool.starts, 2);
  let pause = 100;
  for (let tries = 2; tries < 16; tries++) {
    pool.clock.advance(pause - 1);
    await pool.settle();
    assert.equal(pool.starts, tries, `after ${pause - 1} ms of ${pause}`);
    pool.clock.advance(1);
    await pool.settle();
    assert.equal(pool.starts, tries + 1);
    pause = Math.min(2 * pause, 30_000);
  }
  assert.equal(pause, 30_000);
});

test('threads that fail together are one failure, and one thread at a time is tried after it', async (t) => {
  const pool = failingPool(t, { min: 4, max: 4 });
  pool.fate = 'ends at once';
  pool.start();
  assert.equal(pool.starts, 4);
  await pool.settle();
  assert.equal(pool.starts, 5);
  pool.clock.advance(100);
  assert.equal(pool.starts, 6);
  await pool.settle();
  pool.fate = 'lives';
  pool.clock.advance(200);
  assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
  await pool.settle();
  assert.deepEqual(sizes(pool), { threads: 4, idle: 4, busy: 0, backlog: 0 });
});

test('in the pause, calls without any thread to wait for fail with how the last one ended', async (t) => {
  const pool = failingPool(t, { max: 1 });
  pool.fate = 'ends at once';
  const calls = Array.from({ length: 5 }, () => pool.defer(add, 1, 2));
  const messages = await Promise.all(calls.map(async (call) => (await errorOf(call, ThreadExitError)).message));
  const own =
    'The thread for add ended with exit code 1 before it began the call. ' +
    'What runs there before a call are the modules of --require and --import, and the initThread of the pool.';
  const none = 'There is no thread for add: the last one ended with exit code 1 before it did anything.';
  assert.deepEqual(messages, [own, own, none, none, none]);
  const late = pool.defer(add, 1, 2);
  assert.equal(late.called, false);
  assert.equal((await errorOf(late, ThreadExitError)).message, none);
  assert.equal(pool.starts, 2);
  assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
});

test('the first call after the pause tries again, and its answer ends the caution', async (t) => {
  const pool = failingPool(t, { max: 2 });
  pool.fate = 'ends at once';
  for (let call = 0; call < 2; call++) await errorOf(pool.defer(add, 1, 2), ThreadExitError);
  pool.clock.advance(100);
  pool.fate = 'lives';
  const calls = [pool.defer(add, 1, 1), pool.defer(add, 2, 2)];
  assert.equal(pool.statistics().threads, 1);
  await pool.performAll();
  assert.deepEqual(calls.map(successResultOf), [2, 4]);
  await pool.endThreads();
  // A new failure is the first again: no pause follows.
  pool.fate = 'ends at once';
  await errorOf(pool.defer(add, 1, 2), ThreadExitError);
  pool.fate = 'lives';
  const last = pool.defer(add, 3, 3);
  await pool.performAll();
  assert.equal(successResultOf(last), 6);
});

test('in the pause, calls wait for another thread if there is one, and get new ones when it is over', async (t) => {
  const pool = failingPool(t, { max: 2 });
  const first = pool.defer(add, 1, 1);
  await pool.settle();
  pool.fate = 'ends at once';
  const failing = [pool.defer(add, 2, 2), pool.defer(add, 3, 3)];
  for (const call of failing) await errorOf(call, ThreadExitError);
  const waiting = [pool.defer(add, 4, 4), pool.defer(add, 5, 5)];
  await pool.settle();
  for (const call of waiting) assertNoResult(call);
  assert.equal(pool.starts, 3);
  pool.fate = 'lives';
  pool.clock.advance(100);
  assert.deepEqual(sizes(pool), { threads: 2, idle: 0, busy: 2, backlog: 1 });
  await pool.performAll();
  assert.deepEqual([first, ...waiting].map(successResultOf), [2, 8, 10]);
});

test('with a maxQueue of 0, a call in the pause is told why there is no thread', async (t) => {
  const pool = failingPool(t, { max: 1, maxQueue: 0 });
  pool.fate = 'ends at once';
  for (let call = 0; call < 3; call++) await errorOf(pool.defer(add, 1, 2), ThreadExitError);
  assert.equal(pool.starts, 2);
});

test('a thread whose successor cannot be made costs the process nothing, and the next call has the error', async (t) => {
  const pool = failingPool(t, { min: 1, max: 1 });
  const first = pool.defer(add, 1, 2);
  await pool.performAll();
  assert.equal(successResultOf(first), 3);
  pool.fate = 'cannot be made';
  await pool.endThreads();
  assert.equal(pool.statistics().threads, 0);
  assert.equal((await errorOf(pool.defer(add, 1, 2), RangeError)).message, 'no more threads');
  pool.fate = 'lives';
  pool.clock.advance(100);
  assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
});

test('where no more threads can be made, calls wait for those there are, and one is tried after each pause', async (t) => {
  const pool = failingPool(t, { max: 4 });
  const first = [pool.defer(add, 1, 1), pool.defer(add, 1, 1)];
  await pool.performAll();
  assert.deepEqual(first.map(successResultOf), [2, 2]);
  pool.fate = 'cannot be made';
  const calls = Array.from({ length: 20 }, (_, n) => pool.defer(add, n, 1));
  // One more was tried at once: it may have been a mishap.
  assert.equal(pool.starts, 4);
  pool.clock.advance(99);
  assert.equal(pool.starts, 4);
  pool.clock.advance(1);
  assert.equal(pool.starts, 5);
  await pool.performAll();
  assert.deepEqual(
    calls.map(successResultOf),
    calls.map((_, n) => n + 1),
  );
  assert.deepEqual(sizes(pool), { threads: 2, idle: 2, busy: 0, backlog: 0 });
});

test('calls that wait while a thread dies and its successor cannot be made have the error', async (t) => {
  const pool = failingPool(t, { min: 1, max: 1 });
  const first = pool.defer(add, 1, 2);
  await pool.settle();
  const waiting = [pool.defer(add, 2, 2), pool.defer(add, 3, 3)].map(failureOf);
  pool.fate = 'cannot be made';
  await pool.endThreads();
  await errorOf(first, ThreadExitError);
  for (const failure of waiting) assert.ok((await failure) instanceof RangeError);
});

test('after a failure, a thread that hangs as it starts keeps calls from others for a second', async (t) => {
  const pool = failingPool(t, { max: 4 });
  pool.fate = 'ends at once';
  await errorOf(pool.defer(add, 1, 1), ThreadExitError);
  pool.fate = 'hangs';
  const calls = [2, 3, 4].map((n) => pool.defer(add, n, n));
  await pool.settle();
  pool.fate = 'lives';
  pool.clock.advance(999);
  assert.equal(pool.starts, 2);
  pool.clock.advance(1);
  assert.equal(pool.starts, 3);
  await pool.performAll();
  assert.deepEqual(calls.slice(1).map(successResultOf), [6, 8]);
});

test('the call that waits for a thread which hangs as it starts goes to one that has started', limit, async (t) => {
  const pool = failingPool(t, { max: 2 });
  pool.fate = 'ends at once';
  await errorOf(pool.defer(add, 1, 1), ThreadExitError);
  pool.fate = 'hangs';
  const calls = [2, 3].map((n) => pool.defer(add, n, n));
  await pool.settle();
  pool.fate = 'lives';
  pool.clock.advance(1000);
  while (!calls.every(({ called }) => called)) {
    t.signal.throwIfAborted();
    await pool.performAll();
    await pool.settle();
  }
  assert.deepEqual(calls.map(successResultOf), [4, 6]);
});

test('threads that hang beside one that fails do not keep the pool from making others', async (t) => {
  const pool = failingPool(t, { max: 3 });
  pool.fate = 'hangs';
  const hanging = [pool.defer(add, 1, 1), pool.defer(add, 2, 2)];
  pool.fate = 'ends at once';
  await errorOf(pool.defer(add, 3, 3), ThreadExitError);
  pool.fate = 'lives';
  const last = pool.defer(add, 4, 4);
  pool.clock.advance(1000);
  await pool.performAll();
  assert.equal(successResultOf(last), 8);
  for (const call of hanging) call.addErrback(() => {});
});

test('threads that hang as they start are made after ever longer times, and no more than max', async (t) => {
  const pool = failingPool(t, { min: 10, max: 10 });
  pool.fate = 'ends at once';
  pool.start();
  pool.fate = 'hangs';
  await pool.settle();
  assert.equal(pool.starts, 11);
  const patience = [1000, 1000, 1000, 1000, 1000, 1600, 3200, 6400, 12_800];
  for (const [hanging, milliseconds] of patience.entries()) {
    pool.clock.advance(milliseconds - 1);
    assert.equal(pool.starts, 11 + hanging);
    pool.clock.advance(1);
    assert.equal(pool.starts, 12 + hanging);
  }
  pool.clock.advance(1_000_000);
  assert.equal(pool.statistics().threads, 10);
});

test('a stopped pool makes no threads again', async () => {
  const pool = new FailingPool({ min: 1, max: 1 });
  pool.fate = 'ends at once';
  pool.start();
  await pool.settle();
  await pool.stop();
  pool.clock.advance(60_000);
  await pool.settle();
  assert.equal(pool.starts, 2);
});

test('an initThread that throws is not run again and again', async (t) => {
  const pool = failingPool(t, { min: 1, max: 1, initThread: throwUndefined });
  const calls = Array.from({ length: 4 }, () => errorOf(pool.defer(add, 1, 2), ThreadInitError));
  await pool.performAll();
  for (const call of calls)
    assert.match((await call).message, /^The thread for add .*throwUndefined, failed \(undefined\)/);
  await pool.performAll();
  assert.equal(pool.starts, 2);
  pool.clock.advance(100);
  assert.equal(pool.starts, 3);
});

test('threads that end in initThread fail the calls, and are not made again and again', {
  timeout: 30_000,
}, async (t) => {
  const pool = poolFor(t, { min: 1, max: 1, initThread: init.exitInstead });
  const calls = Array.from({ length: 20 }, () => errorOf(pool.defer(add, 1, 2), ThreadExitError));
  for (const call of calls) assert.equal((await call).exitCode, 3);
});
