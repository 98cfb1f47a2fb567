import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reactor } from 'heddle/reactor';
import { cooperate } from 'heddle/task';
import { add } from '../fixtures/threads/jobs.ts';
import { errorOf } from '../support/failure-of.ts';
import { poolFor } from '../support/pools.ts';
import { CallableError } from 'heddle';

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
