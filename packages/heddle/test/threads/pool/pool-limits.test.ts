import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { threadId } from 'node:worker_threads';
import { Failure } from 'heddle/defer';
import { createReactor } from 'heddle/reactor';
import { deferToThread, PoolFullError, PoolStoppedError } from 'heddle/threads';
import { add, count, passGate, whichThread } from '../../fixtures/threads/jobs.ts';
import { failureOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

/** Waits for events, not for time, until `reached` holds. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

test('a pool has the name and the limits that it was made with', limit, (t) => {
  const pool = poolFor(t, { name: 'loom', min: 3, max: 7 });
  assert.deepEqual([pool.name, pool.min, pool.max], ['loom', 3, 7]);
});

test('the limits of a pool that has not started are only numbers: no thread is made for them', limit, (t) => {
  const pool = poolFor(t);
  pool.adjustPoolSize({ min: 1, max: 5 });
  assert.deepEqual([pool.min, pool.max, pool.statistics().threads], [1, 5, 0]);
});

test('the statistics of a new pool are all nought', limit, (t) => {
  assert.deepEqual(sizes(poolFor(t)), { threads: 0, idle: 0, busy: 0, backlog: 0 });
});

test('a higher min makes its idle threads at the next start()', limit, (t) => {
  const pool = poolFor(t, { max: 4 });
  pool.start();
  pool.adjustPoolSize({ min: 3 });
  assert.equal(pool.statistics().threads, 0);
  pool.start();
  assert.deepEqual([pool.statistics().threads, pool.statistics().backlog], [3, 0]);
});

test('a lower max ends idle threads at once', limit, async (t) => {
  const pool = poolFor(t, { min: 3, max: 3, idleTimeout: Number.POSITIVE_INFINITY });
  pool.start();
  pool.adjustPoolSize({ min: 0, max: 1 });
  await until(() => pool.statistics().threads === 1);
  assert.equal(pool.statistics().idle, 1);
});

test('a lower max lets busy threads finish, and then ends them', limit, async (t) => {
  const pool = poolFor(t, { max: 2, idleTimeout: Number.POSITIVE_INFINITY });
  const gates = [new Gate(), new Gate()];
  const calls = gates.map((gate) => pool.defer(passGate, gate.shared));
  await Promise.all(gates.map((gate) => gate.entered()));
  pool.adjustPoolSize({ max: 1 });
  assert.equal(pool.statistics().busy, 2);
  for (const gate of gates) gate.open();
  await Promise.all(calls);
  await until(() => pool.statistics().threads === 1);
});

test(
  'calls that run when the pool is stopped finish, and whoever calls in their callbacks is refused',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const gate = new Gate();
    const call = pool.defer(passGate, gate.shared).addCallback(() => failureOf(pool.defer(add, 1, 2)));
    await gate.entered();
    const stopped = pool.stop();
    gate.open();
    const late = await call;
    await stopped;
    assert.ok(late instanceof PoolStoppedError);
  },
);

test('a call is not refused whose thread begins as soon as an idle one has ended', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2, maxQueue: 0 });
  pool.start();
  await until(() => pool.statistics().idle === 2);
  pool.adjustPoolSize({ min: 0, max: 1 });
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  pool.adjustPoolSize({ max: 2 });
  assert.equal(pool.statistics().threads, 2);
  const call = pool.defer(add, 1, 2);
  await assert.rejects(pool.defer(add, 1, 3), PoolFullError);
  assert.equal(await call, 3);
  gate.open();
  await running;
});

test('calls end in the order in which they finish, not in that in which they were made', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  const gates = [new Gate(), new Gate()] as const;
  const order: string[] = [];
  const first = pool.defer(passGate, gates[0].shared).addCallback(() => order.push('first'));
  const second = pool.defer(passGate, gates[1].shared).addCallback(() => order.push('second'));
  gates[1].open();
  await second;
  gates[0].open();
  await first;
  assert.deepEqual(order, ['second', 'first']);
});

test('callInThread runs the function in a thread, with its arguments, once for each call', limit, async (t) => {
  const pool = poolFor(t, { max: 3 });
  const counter = sharedInts(1);
  for (let i = 0; i < 100; i++) pool.callInThread(count, counter);
  await pool.stop();
  assert.equal(counter[0], 100);
});

test('what callInThreadWithCallback calls runs in the thread of the caller, in its async context', limit, async (t) => {
  const pool = poolFor(t);
  const storage = new AsyncLocalStorage<string>();
  const seen = await new Promise<unknown[]>((resolve) => {
    storage.run('caller', () => {
      pool.callInThreadWithCallback(
        (success, thread) => resolve([success, thread, threadId, storage.getStore()]),
        whichThread,
      );
    });
  });
  assert.deepEqual([seen[0], seen[2], seen[3]], [true, threadId, 'caller']);
  assert.notEqual(seen[1], threadId);
});

test('a call that succeeds and is followed by one that fails gives the failure of the second', limit, async () => {
  const d = deferToThread(add, 1, 2).addCallback(() => deferToThread(JSON.parse, '{'));
  assert.ok((await failureOf(d)) instanceof SyntaxError);
});

test('a call into a thread needs no running reactor, and callInThread of the reactor neither', limit, async () => {
  const reactor = createReactor();
  const counter = sharedInts(1);
  assert.equal(reactor.running, false);
  reactor.callInThread(count, counter);
  await reactor.getThreadPool().stop();
  assert.equal(counter[0], 1);
});

test(
  'errors of a call in a chain are caught by its errback, which gets a Failure with the stack of the thread',
  limit,
  async () => {
    const failure = await new Promise<unknown>((resolve) => {
      deferToThread(JSON.parse, '{').addErrback((given) => resolve(given));
    });
    assert.ok(failure instanceof Failure);
    assert.match(failure.getTraceback(), /SyntaxError/);
    assert.match(failure.getTraceback(), /JSON\.parse/);
  },
);
