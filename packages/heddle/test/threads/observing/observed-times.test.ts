import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bindToThread, CancelledError, inThread } from 'heddle';
import { CallableError, ProcessPool, ThreadPool, threadFunction } from 'heddle/threads';
import { isArray, sumTo, waitFor } from '../../fixtures/threads/observed.ts';
import { add, passGate } from '../../fixtures/threads/jobs.ts';
import { descending, LOADING_MS, Loom } from '../../fixtures/threads/slow-to-load.ts';
import { errorOf } from '../../support/failure-of.ts';
import { FileGate, Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 60_000 };
const slowModule = new URL('../../fixtures/threads/slow-to-load.js', import.meta.url);

test('runTimeout does not count what the values of a call need to be loaded', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const limited = pool.with({ runTimeout: LOADING_MS * 0.9, grace: 0 });
  assert.equal(await limited.defer(isArray, new Loom()), false);
  const other = poolFor(t, { max: 1 });
  const sorted = other
    .with({ runTimeout: LOADING_MS * 0.9, grace: 0 })
    .defer(
      (numbers: number[], compare: (a: number, b: number) => number) => numbers.sort(compare),
      [1, 3, 2],
      inThread(descending),
    );
  assert.deepEqual(await sorted, [3, 2, 1]);
});

test('a call whose function is not in its module has waited, and has not run', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const missing = threadFunction(slowModule, 'missing');
  const error = await errorOf(pool.defer(missing), CallableError);
  assert.equal(error.code, 'HEDDLE_NO_SUCH_FUNCTION');
  const { runTime, waitTime } = pool.statistics();
  assert.ok(waitTime.sum >= LOADING_MS && runTime.sum < LOADING_MS, `${waitTime.sum} ${runTime.sum}`);
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`${Pool.name}: a call that was given up and goes on is told of with the time that it runs`, limit, async (t) => {
    const pool = new Pool({ max: 1 });
    t.after(() => pool.stop({ deadline: 0 }));
    const gate = Pool === ThreadPool ? new Gate() : new FileGate(t);
    const call = pool.with({ onCancel: 'cooperate' }).defer(passGate, gate.shared);
    await gate.entered();
    const runTime = (): number => pool.calls()[0]?.runTime ?? 0;
    while (runTime() < 5) await nextTurn();
    call.cancel();
    await errorOf(call, CancelledError);
    assert.deepEqual(
      pool.calls().map(({ state }) => state),
      ['given up'],
    );
    assert.ok(runTime() >= 5, `${runTime()}`);
    gate.open();
  });
}

test('the utilization of a thread that runs several calls at a time is the part of its room', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 4 });
  await pool.defer(add, 1, 2);
  const made = performance.now();
  for (let n = 0; n < 3; n++) await pool.defer(waitFor, 60);
  const life = performance.now() - made;
  const [thread] = pool.statistics().perThread;
  // One of four at a time, for all of its life but its start.
  assert.ok(thread !== undefined && thread.utilization <= 0.3, `${thread?.utilization} in ${life} ms`);
  assert.ok(thread.utilization > 0);
});

test('bound objects count in the statistics of their pool', limit, async (t) => {
  const pool = poolFor(t, { max: 1, name: 'shop' });
  const bound = pool.bind(() => new Map<string, number>());
  const gate = new Gate();
  const running = bound.defer((_map, key) => passGate(key), gate.shared);
  await gate.entered();
  const { threads, busy, idle, perThread } = pool.statistics();
  assert.deepEqual(
    { threads, busy, idle, names: perThread.map(({ name }) => name) },
    {
      threads: 1,
      busy: 1,
      idle: 0,
      names: ['shop-bound-1-1'],
    },
  );
  gate.open();
  await running;
  assert.ok(pool.statistics().completed >= 1);
  await bound[Symbol.asyncDispose]();
  assert.equal(pool.statistics().threads, 0);
  assert.ok(pool.statistics().completed >= 1);
});

test('dumpStats tells what was sent ahead among what waits', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // Short calls are sent ahead.
  for (let n = 0; n < 20; n++) await pool.defer(sumTo, 1);
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  await gate.entered();
  const ahead = [1, 2, 3].map((n) => pool.defer(sumTo, n));
  const text = pool.dumpStats();
  assert.match(text, /3 calls wait/);
  assert.match(text, /running: passGate\n {2}waiting: sumTo \(3\)$/);
  gate.open();
  await running;
  assert.deepEqual(await Promise.all(ahead), [1, 3, 6]);
});

test('a bound object of the reactor’s pool is disposed of as ever', limit, async () => {
  await using bound = bindToThread(() => ({ value: 5 }));
  assert.equal(await bound.defer(({ value }) => value), 5);
});
