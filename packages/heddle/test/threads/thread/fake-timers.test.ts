import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { reactor } from 'heddle/reactor';
import { cooperate } from 'heddle/task';
import { MemoryReactor, successResultOf } from 'heddle/testing';
import { add, passGate, spinForever } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';
import { CallableError, TimeoutError } from 'heddle';

const limit = { timeout: 30_000 };

test('a test’s fake timers hold up no call, and none after them', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  t.mock.timers.enable();
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => pool.defer(add, n, n))), [2, 4, 6]);
  await errorOf(pool.defer(5 as never), CallableError);
  t.mock.timers.reset();
  assert.equal(await pool.defer(add, 2, 2), 4);
});

test(
  'delayed calls and tasks that are made while timers are faked come about, and so do those after them',
  limit,
  async (t) => {
    t.mock.timers.enable();
    const called = (): Promise<string> => new Promise((resolve) => reactor.callLater(1, resolve, 'called'));
    assert.equal(await called(), 'called');
    await cooperate([1, 2, 3]).whenDone();
    t.mock.timers.reset();
    assert.equal(await called(), 'called');
    await cooperate([1, 2, 3]).whenDone();
  },
);

test('a pool and a reactor in memory stop while a test’s fake timers hold up microtasks', limit, async (t) => {
  t.mock.method(globalThis, 'queueMicrotask', () => {});
  const reactor = new MemoryReactor();
  const stopped = reactor.run();
  const sum = reactor.getThreadPool().defer(add, 1, 2);
  await reactor.getThreadPool().perform();
  assert.equal(successResultOf(sum), 3);
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test(
  'a failure that is lost while microtasks are faked is thrown in its turn, and so are those after them',
  limit,
  async () => {
    const { stdout, stderr } = await runProgram(`
    import { fail, setUnhandledFailurePolicy } from 'heddle/defer';
    const { queueMicrotask: nodes } = globalThis;
    process.on('uncaughtException', (error) => console.log('thrown:', error.message));
    setUnhandledFailurePolicy('throw');
    globalThis.queueMicrotask = () => {};
    fail(new Error('meanwhile'));
    globalThis.queueMicrotask = nodes;
    await new Promise(setImmediate);
    fail(new Error('afterwards'));
    await new Promise(setImmediate);
    console.log('end');
  `);
    assert.equal(stdout, 'thrown: meanwhile\nthrown: afterwards\nend\n', stderr);
  },
);

test('a clock that a test has stopped holds up no limit, no delayed call and no other thread', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  await pool.defer(add, 1, 2);
  const frozen = performance.now();
  t.mock.method(performance, 'now', () => frozen);
  const gate = new Gate();
  await errorOf(pool.with({ runTimeout: 50, grace: 0 }).defer(spinForever, gate.shared), TimeoutError);
  assert.equal(await new Promise((resolve) => reactor.callLater(1, resolve, 'called')), 'called');
  const held = new Gate();
  const behind = pool.defer(passGate, held.shared);
  assert.equal(await pool.defer(add, 2, 2), 4);
  held.open();
  await behind;
});

test('a clock that a job has stopped in its thread keeps that neither awake nor for ever', limit, async (t) => {
  const pool = poolFor(t, { max: 1, idleTimeout: 50 });
  await pool.defer(() => {
    const frozen = performance.now();
    performance.now = () => frozen;
  });
  assert.equal(await pool.defer(add, 1, 2), 3);
  while (pool.statistics().threads > 0) await nextTurn();
});

test('dates that fake timers make are dates to a thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // As sinon's, which Jest and Vitest have.
  class ClockDate extends Date {}
  const RealDate = globalThis.Date;
  globalThis.Date = ClockDate as DateConstructor;
  t.after(() => {
    globalThis.Date = RealDate;
  });
  const date = new Date(5);
  assert.equal(Object.getPrototypeOf(date), ClockDate.prototype);
  assert.equal(await pool.defer((given: Date) => given.getTime(), date), 5);
  assert.equal(await pool.defer(() => date.getTime()), 5);
});

test('timers that are numbers, as in a page, count a time limit', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { ThreadPool } from 'heddle';
    const { setTimeout: nodes } = globalThis;
    globalThis.setTimeout = (f, delay) => Number(nodes(f, delay));
    const pool = new ThreadPool({ max: 1 });
    console.log(await pool.with({ timeout: 20_000 }).defer(Math.max, 1, 2));
    const never = pool.with({ timeout: 20, grace: 0 }).defer(() => { for (;;); });
    await never.catch((error) => console.log(error.code));
    await pool.stop();
  `);
  assert.equal(stdout, '2\nHEDDLE_TIMEOUT\n', stderr);
});

test('nothing that Heddle makes when it is imported says that it keeps the process', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { createHook } from 'node:async_hooks';
    const made = [];
    const init = (_id, type, _trigger, resource) => made.push([type, resource.hasRef?.()]);
    const hook = createHook({ init }).enable();
    await import('heddle');
    hook.disable();
    console.log(JSON.stringify(made.filter(([type]) => type.startsWith('Heddle'))));
  `);
  assert.equal(stdout, '[["Heddle",false]]\n', stderr);
});
