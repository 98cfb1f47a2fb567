import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNoResult, Clock, failureResultOf, MemoryThreadPool, successResultOf } from 'heddle/testing';
import { ask, CallableError, UnclonableError } from 'heddle/threads';
import { askFor } from '../fixtures/threads/calls-out.ts';
import { countTo } from '../fixtures/threads/in-process.ts';
import { add, count, note, whichThread } from '../fixtures/threads/jobs.ts';
import { Gate, sharedInts } from '../support/gate.ts';
import { runProgram } from '../support/program.ts';
import { testCallsFromThread } from '../threads/pool/calls-conformance.ts';
import { type PoolKind, testThreadPool } from '../threads/pool/pool-conformance.ts';

const kind: PoolKind<MemoryThreadPool> = {
  make: (options) => new MemoryThreadPool(options),
  work: (pool) => void pool.performAll(),
  makeGate: () => new Gate(),
  // A thread of this pool has its job as soon as the function is found.
  entered: () => new Promise(setImmediate),
  elapse: (pool, milliseconds) => pool.clock.advance(milliseconds),
};

testThreadPool('MemoryThreadPool', kind);
testCallsFromThread('MemoryThreadPool', kind);

test('a job of this pool cannot wait for what is not done at once, and says so', async () => {
  const pool = new MemoryThreadPool();
  const call = pool.defer(
    askFor<number>,
    1,
    ask(async (n) => n),
  );
  await pool.performAll();
  const error = failureResultOf(call).value as { code?: string; message: string };
  assert.equal(error.code, 'HEDDLE_BLOCKS_REACTOR');
  assert.match(error.message, /^An anonymous function has no answer yet, and cannot be waited for/);
});

test('a job runs when it is told to, in the thread of the test, one at a time and in order', async () => {
  const pool = new MemoryThreadPool({ max: 2 });
  const [one, two, three] = [pool.defer(add, 1, 1), pool.defer(whichThread), pool.defer(add, 3, 3)];
  await new Promise(setImmediate);
  for (const call of [one, two, three]) assertNoResult(call);
  assert.equal(await pool.perform(), true);
  assert.equal(successResultOf(one), 2);
  assertNoResult(two);
  assert.equal(await pool.perform(), true);
  assert.equal(successResultOf(two), 0);
  assertNoResult(three);
  assert.equal(await pool.perform(), true);
  assert.equal(successResultOf(three), 6);
  assert.equal(await pool.perform(), false);
});

test('a job with more items than may wait is performed up to there, and goes on when the test takes some', async () => {
  const pool = new MemoryThreadPool();
  const items = pool.iterate(countTo, 40);
  const first = items.next();
  assert.equal(await pool.perform(), true);
  assert.deepEqual(await first, { done: false, value: 1 });
  assert.equal(await pool.perform(), false);
  assert.deepEqual(pool.pendingCalls(), ['countTo']);
  // Others need not wait for that.
  const other = pool.defer(add, 1, 1);
  await pool.performAll();
  assert.equal(successResultOf(other), 2);
  let last = 0;
  for await (const item of items) last = item;
  assert.equal(last, 40);
  assert.deepEqual(pool.pendingCalls(), []);
});

test('performAll leaves a call that cannot begin before the test takes items', async () => {
  const pool = new MemoryThreadPool();
  const { iterate, defer } = pool.with({ key: 'one after the other' });
  const items = iterate(countTo, 40);
  const first = items.next();
  await pool.performAll();
  await first;
  const behind = defer(add, 1, 1);
  await pool.performAll();
  assertNoResult(behind);
  assert.deepEqual(pool.pendingCalls(), ['countTo', 'add']);
  for await (const _ of items);
  await pool.performAll();
  assert.equal(successResultOf(behind), 2);
});

test('a job whose items nobody wants any more ends by itself, however many it has', async () => {
  const pool = new MemoryThreadPool();
  const items = pool.iterate(countTo, 40);
  const first = items.next();
  await pool.performAll();
  await first;
  await items.return();
  await pool.performAll();
  assert.deepEqual(pool.pendingCalls(), []);
});

test('perform without a job does nothing, and says so', async () => {
  const pool = new MemoryThreadPool();
  assert.equal(await pool.perform(), false);
  await pool.performAll();
});

test('calls that are refused have failed when no job is left to perform', async () => {
  const pool = new MemoryThreadPool();
  const unsendable = pool.defer(String, () => {});
  const noFunction = pool.defer(5 as never);
  await pool.performAll();
  failureResultOf(unsendable, UnclonableError);
  failureResultOf(noFunction, CallableError);
});

test('performAll runs the jobs, too, that results lead to', async () => {
  const pool = new MemoryThreadPool();
  const sum = pool.defer(add, 1, 2).addCallback((three) => pool.defer(add, three, 4));
  await pool.performAll();
  assert.equal(successResultOf(sum), 7);
});

test('whoever hears of a result may have the next job performed at once', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const order: (number | boolean)[] = [];
  await Promise.all([pool.defer(add, 0, 0), pool.performAll()]);
  const calls = [1, 2, 3].map((n) =>
    pool.defer(add, n, 0).addCallback(async (sum) => {
      order.push(sum);
      order.push(await pool.perform());
    }),
  );
  await pool.performAll();
  await Promise.all(calls);
  assert.deepEqual(order, [1, 2, 3, true, true, false]);
});

test('perform passes over a job that was taken back', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const counter = sharedInts(1);
  await pool.performAll();
  const cancelled = pool.defer(count, counter);
  await new Promise(setImmediate);
  cancelled.addErrback(() => undefined).cancel();
  assert.equal(await pool.perform(), false);
  const next = pool.defer(add, 1, 2);
  assert.equal(await pool.perform(), true);
  assert.equal(successResultOf(next), 3);
  assert.equal(counter[0], 0);
});

test('perform takes the job that a thread has had longest, also where one was taken back', async () => {
  const pool = new MemoryThreadPool({ max: 2 });
  const log = sharedInts(10);
  pool.defer(note, log, 0);
  pool.defer(note, log, 0);
  await pool.performAll();
  const cancelled = pool.defer(note, log, 1);
  pool.defer(note, log, 2);
  cancelled.addErrback(() => undefined).cancel();
  pool.defer(note, log, 3);
  await pool.performAll();
  assert.deepEqual([...log.subarray(3, 5)], [2, 3]);
});

test('in what order its jobs run does not depend on how long the test takes', async () => {
  const pool = new MemoryThreadPool({ max: 3 });
  const log = sharedInts(10);
  for (const number of [1, 2, 3]) pool.defer(note, log, number);
  const later = performance.now() + 5;
  while (performance.now() < later) await new Promise(setImmediate);
  await pool.performAll();
  assert.deepEqual([...log.subarray(1, 4)], [1, 2, 3]);
});

test('limits count on the clock of the pool', async () => {
  const clock = new Clock();
  const pool = new MemoryThreadPool({}, clock);
  const call = pool.with({ timeout: 1_000 }).defer(add, 1, 2);
  let error: unknown;
  call.addErrback((failure) => {
    error = failure.value;
    return 0;
  });
  clock.advance(999);
  assertNoResult(call);
  clock.advance(1);
  assert.match(String(error), /^TimeoutError: add had no result within 1000 ms/);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a test that forgets to run a job ends all the same', async () => {
  const { code, stderr } = await runProgram(`
    import { gzipSync } from 'node:zlib';
    import { MemoryThreadPool } from 'heddle/testing';
    new MemoryThreadPool().defer(gzipSync, 'text');
  `);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

test('perform runs a call also where its thread has to be made ready first', async () => {
  const pool = new MemoryThreadPool({ initThread: whichThread });
  const sum = pool.defer(add, 1, 2);
  assert.equal(await pool.perform(), true);
  assert.equal(successResultOf(sum), 3);
  assert.equal(await pool.perform(), false);
});

test('a test that performs beside a job that never ends comes to its end and says so', async () => {
  const { code, stderr } = await runProgram(`
    import { MemoryThreadPool } from 'heddle/testing';
    const pool = new MemoryThreadPool({ max: 2 });
    pool.defer(() => new Promise(() => {}));
    void pool.perform();
    await pool.perform();
  `);
  assert.equal(code, 13, stderr);
});

test('perform waits for the job that another has begun, and takes what it leads to', async () => {
  const pool = new MemoryThreadPool();
  let letGo = (): void => {};
  const pending = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  Reflect.set(globalThis, 'pendingOfTest', pending);
  const sum = pool.defer(async () => await Reflect.get(globalThis, 'pendingOfTest'));
  const three = sum.addCallback(() => pool.defer(add, 1, 2));
  const first = pool.perform();
  const second = pool.perform();
  await new Promise(setImmediate);
  letGo();
  assert.deepEqual(await Promise.all([first, second]), [true, true]);
  assert.equal(successResultOf(three), 3);
  Reflect.deleteProperty(globalThis, 'pendingOfTest');
});

test('its threads do not end by themselves, whatever time goes by', async () => {
  const pool = new MemoryThreadPool({ idleTimeout: 1 });
  const sum = pool.defer(add, 1, 2);
  await pool.performAll();
  assert.equal(successResultOf(sum), 3);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(pool.statistics().threads, 1);
});
