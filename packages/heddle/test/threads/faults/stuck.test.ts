import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'heddle/defer';
import { prometheusText, ThreadExitError, type ThreadPool, type ThreadPoolOptions } from 'heddle/threads';
import { add, neverSettle, whichThread } from '../../fixtures/threads/jobs.ts';
import { spinInCallee, waitInNativeCode } from '../../fixtures/threads/whereabouts.ts';
import { DeafPool, DeafThreadPool, SuddenPool } from '../../support/deaf-pool.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

interface Warning extends Error {
  readonly code?: string;
}

/** Warnings of threads that go on, as they come. */
function warningsOf(t: TestContext): Warning[] {
  const warnings: Warning[] = [];
  const note = (warning: Warning): void => {
    if (warning.code === 'HEDDLE_THREAD_STUCK') warnings.push(warning);
  };
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  return warnings;
}

function deafPool(t: TestContext, options: ThreadPoolOptions = {}): DeafPool {
  const pool = new DeafPool({ max: 1, name: 'deaf', ...options });
  t.after(() => pool.endAll());
  return pool;
}

/** A call that is given up while its thread runs it, which then does not end. */
async function sticks(pool: DeafPool, options: { readonly key?: string } = {}): Promise<void> {
  const gate = new Gate();
  const call = pool.with({ ...options, grace: 0 }).defer(neverSettle, gate.shared);
  void pool.perform();
  while (gate.shared[0] === 0) await nextTurn();
  call.cancel();
  await errorOf(call, CancelledError);
}

function stuckIn(pool: ThreadPool): (string | undefined)[] {
  return pool.statistics().stuck.map(({ functionName }) => functionName);
}

test(
  'a thread that goes on a second after it was ended is given up: listed, reported, and replaced',
  limit,
  async (t) => {
    const warnings = warningsOf(t);
    const pool = deafPool(t);
    await sticks(pool);
    const next = pool.defer(add, 1, 2);
    pool.clock.advance(999);
    assert.deepEqual(stuckIn(pool), []);
    assert.equal(pool.statistics().backlog, 1);
    pool.clock.advance(1);
    assert.deepEqual(pool.statistics().stuck, [
      { name: 'deaf-1', functionName: 'neverSettle', overdue: 1000, stack: undefined },
    ]);
    assert.equal(pool.statistics().threads, 1);
    await pool.performAll();
    assert.equal(await next, 3);
    await nextTurn();
    assert.match(
      warnings[0]?.message ?? '',
      /'deaf-1' of the pool 'deaf' goes on with neverSettle, 1000 ms after it was/,
    );
    assert.equal(warnings.length, 1);
    pool.endAll();
    await nextTurn();
    assert.deepEqual(stuckIn(pool), []);
  },
);

test('a thread that ends within the second is not given up', limit, async (t) => {
  const warnings = warningsOf(t);
  const pool = deafPool(t);
  await sticks(pool);
  pool.clock.advance(999);
  pool.endAll();
  await nextTurn();
  assert.deepEqual(pool.clock.getDelayedCalls(), []);
  assert.deepEqual(stuckIn(pool), []);
  assert.equal(pool.statistics().threads, 0);
  await nextTurn();
  assert.deepEqual(warnings, []);
});

test('as many threads as max are replaced; the place of the next is free when one of them ends', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t, { max: 2 });
  for (const _ of [1, 2, 3]) {
    await sticks(pool);
    pool.clock.advance(1000);
  }
  // Two have been given up, the third has its place still, and leaves one of the two places to others.
  assert.equal(stuckIn(pool).length, 3);
  assert.equal(pool.statistics().threads, 1);
  await sticks(pool);
  pool.clock.advance(1000);
  const waiting = pool.defer(add, 1, 2);
  assert.equal(pool.statistics().backlog, 1);
  pool.endAll();
  await pool.performAll();
  assert.equal(await waiting, 3);
  assert.deepEqual(stuckIn(pool), []);
});

test('the minimum of threads is kept without those that were given up', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t, { min: 1 });
  await sticks(pool);
  pool.clock.advance(1000);
  assert.deepEqual([pool.statistics().idle, pool.statistics().threads], [1, 1]);
  pool.endAll();
  await nextTurn();
  assert.deepEqual([pool.statistics().idle, pool.statistics().threads], [1, 1]);
});

test('a key stays taken while the thread goes on that was given up', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t, { max: 2 });
  await sticks(pool, { key: 'account' });
  pool.clock.advance(1000);
  const sameKey = pool.with({ key: 'account' }).defer(add, 1, 2);
  const other = pool.defer(add, 3, 4);
  void pool.performAll();
  assert.equal(await other, 7);
  assert.equal(sameKey.called, false);
  pool.endAll();
  await pool.performAll();
  assert.equal(await sameKey, 3);
});

for (const [how, end] of [
  ['runs, since that has ended', (pool: DeafPool) => pool.endAll()],
  ['fails by the deadline of the stop', (pool: DeafPool) => pool.clock.advance(20)],
  [
    'is cancelled',
    (pool: DeafPool) =>
      pool
        .calls()
        .find(({ state }) => state === 'waiting')
        ?.cancel(),
  ],
] as const) {
  test(`the stop of a pool waits for a call whose key a thread has that goes on, until it ${how}`, limit, async (t) => {
    warningsOf(t);
    const pool = deafPool(t);
    await sticks(pool, { key: 'account' });
    pool.clock.advance(1000);
    const order: string[] = [];
    pool
      .with({ key: 'account' })
      .defer(add, 1, 2)
      .addBoth(() => void order.push('call'));
    const stopped = pool.stop({ deadline: 20 }).addCallback(() => void order.push('stopped'));
    await nextTurn();
    assert.deepEqual(order, []);
    end(pool);
    await pool.performAll();
    pool.endAll();
    await stopped;
    assert.deepEqual(order, ['call', 'stopped']);
    assert.equal(pool.statistics().threads, 0);
  });
}

test('the stop of a pool waits for its threads, but not for those that go on', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t, { max: 2 });
  for (const _ of [1, 2, 3, 4]) {
    await sticks(pool);
    pool.clock.advance(1000);
  }
  assert.equal(pool.statistics().threads, 2);
  const stopped = pool.stop();
  assert.equal(stopped.called, true);
  assert.equal(stuckIn(pool).length, 4);
});

test('the stop of a pool gives a thread its second to end', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t);
  await sticks(pool);
  const stopped = pool.stop({ deadline: 0 });
  pool.clock.advance(999);
  assert.equal(stopped.called, false);
  pool.clock.advance(1);
  assert.equal(stopped.called, true);
});

test('the texts about a pool tell of threads that go on', limit, async (t) => {
  warningsOf(t);
  const pool = deafPool(t);
  await sticks(pool);
  pool.clock.advance(1500);
  assert.match(pool.dumpStats(), /deaf-1: goes on with neverSettle, ended 1500 ms ago/);
  assert.match(prometheusText(pool), /^heddle_threads_stuck\{pool="deaf"\} 1$/m);
});

test('a real thread in native code is given up, and leaves the list when that has returned', limit, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  const pool = poolFor(t, { max: 1, name: 'running' });
  const thread = await pool.defer(whichThread);
  const warned = once(process, 'warning');
  const file = path.join(folder, 'go on');
  t.after(async () => {
    await writeFile(file, '');
    while (pool.statistics().stuck.length > 0) await nextTurn();
    await rm(folder, { recursive: true });
  });
  const call = pool.with({ grace: 0 }).defer(waitInNativeCode, file);
  while (!existsSync(`${file}.begun`)) await nextTurn();
  call.cancel();
  await errorOf(call, CancelledError);
  const next = pool.defer(whichThread);
  const [warning] = (await warned) as [Warning];
  assert.equal(warning.code, 'HEDDLE_THREAD_STUCK');
  assert.match(warning.message, /'running-1' of the pool 'running' goes on with waitInNativeCode/);
  assert.notEqual(await next, thread);
  const [stuck] = pool.statistics().stuck;
  assert.equal(stuck?.functionName, 'waitInNativeCode');
  assert.ok(stuck.overdue >= 1000);
  await writeFile(file, '');
  while (pool.statistics().stuck.length > 0) await nextTurn();
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a thread that ends while it is told to is not one that goes on', limit, async (t) => {
  const warnings = warningsOf(t);
  const pool = new SuddenPool({ max: 1 });
  const call = pool.defer(add, 1, 2);
  await pool.performAll();
  assert.equal(await call, 3);
  await pool.stop();
  pool.clock.advance(1000);
  await nextTurn();
  assert.deepEqual(stuckIn(pool), []);
  assert.deepEqual(warnings, []);
});

test('calls that share a thread which goes on have ended when it is given up', limit, async (t) => {
  warningsOf(t);
  const pool = new DeafThreadPool({ max: 1, concurrency: 2 });
  t.after(() => pool.endAll());
  const gates = [new Gate(), new Gate()] as const;
  const { defer } = pool.with({ grace: 0 });
  const first = defer(neverSettle, gates[0].shared);
  const second = defer(neverSettle, gates[1].shared);
  const failure = errorOf(second, ThreadExitError);
  await gates[0].entered();
  await gates[1].entered();
  first.cancel();
  await errorOf(first, CancelledError);
  assert.match((await failure).message, /because neverSettle, which ran in it too, was given up and did not end/);
  assert.deepEqual(stuckIn(pool), ['neverSettle']);
});

test('a thread that goes on is listed with the place where its time was over', limit, async (t) => {
  warningsOf(t);
  // A thread that hardly got a processor was not asked in time: then it gets more.
  for (let runTimeout = 100; ; runTimeout *= 2) {
    const pool = new DeafThreadPool({ max: 1, nice: 0 });
    t.after(() => pool.endAll());
    await errorOf(pool.with({ runTimeout, grace: 0 }).defer(spinInCallee), TimeoutError);
    await pool.stop();
    const [stuck] = pool.statistics().stuck;
    assert.equal(stuck?.functionName, 'spinInCallee');
    if (stuck.stack === undefined) continue;
    assert.match(stuck.stack, /^ +at deepest \(.*whereabouts.*\)\n +at spinInCallee \(.*whereabouts.*\)$/);
    return;
  }
});
