import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from 'heddle/defer';
import { createReactor } from 'heddle/reactor';
import { MemoryReactor } from 'heddle/testing';
import { ProcessPool, ThreadPool } from 'heddle/threads';

const limit = { timeout: 60_000 };

/** What can be neither copied nor moved. */
export const giveSet = (): WeakSet<object> => new WeakSet();
export const giveSetLater = async (): Promise<WeakSet<object>> => giveSet();
export const giveFailure = (): Failure => new Failure(new RangeError('given back'));

for (const Pool of [ThreadPool, ProcessPool]) {
  for (const initThread of [giveSet, giveSetLater]) {
    test(`${Pool.name}: what initThread gives stays in its thread: ${initThread.name}`, limit, async () => {
      await using pool = new Pool({ max: 1, initThread });
      assert.equal(await pool.defer(Math.abs, -1), 1);
    });
  }

  test(`${Pool.name}: an initThread that gives a Failure has failed`, limit, async () => {
    await using pool = new Pool({ max: 1, initThread: giveFailure });
    await assert.rejects(pool.defer(Math.abs, -1).toPromise(), /^ThreadInitError: .*given back/);
  });

  test(`${Pool.name}: what callInThread calls gives stays in its thread`, limit, async () => {
    const pool = new Pool({ max: 1 });
    pool.callInThread(giveSet);
    pool.callInThread(giveSetLater);
    await pool.stop();
    const { completed, failed } = pool.statistics();
    assert.deepEqual({ completed, failed }, { completed: 2, failed: 0 });
  });
}

test('callInThread of a reactor reports what was thrown or given as a Failure, and no value', limit, async () => {
  const reactor = createReactor();
  const reported: unknown[] = [];
  reactor.onError = (error) => reported.push(String(error));
  for (const f of [giveSet, giveSetLater, giveFailure]) reactor.callInThread(f);
  await reactor.getThreadPool().stop();
  assert.deepEqual(reported, ['RangeError: given back']);
});

test('callInThread of a MemoryReactor reports the same', limit, async () => {
  const reactor = new MemoryReactor();
  const reported: unknown[] = [];
  reactor.onError = (error) => reported.push(String(error));
  for (const f of [giveSet, giveFailure]) reactor.callInThread(f);
  await reactor.getThreadPool().performAll();
  assert.deepEqual(reported, ['RangeError: given back']);
});
