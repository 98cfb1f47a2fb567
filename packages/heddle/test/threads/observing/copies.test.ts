import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import * as here from 'heddle/threads';
import type { JobEvent } from 'heddle/threads';
import { SecondCopy } from '../../support/second-copy.ts';

const other = (await new SecondCopy().import('threads')) as typeof here;

test('threadPools() has the pools of all copies of the library, the oldest first, until they have stopped', async () => {
  assert.notEqual(here.ThreadPool, other.ThreadPool);
  const pools = [new here.ThreadPool(), new other.ThreadPool(), new here.ThreadPool()];
  for (const { threadPools } of [here, other]) assert.deepEqual(threadPools(), pools);
  await pools[1]?.stop();
  for (const { threadPools } of [here, other]) assert.deepEqual(threadPools(), [pools[0], pools[2]]);
  await Promise.all(pools.map((pool) => pool.stop()));
  for (const { threadPools } of [here, other]) assert.deepEqual(threadPools(), []);
});

test('no call has the number of another, whichever copy of the library has made it', async (t) => {
  const numbers: number[] = [];
  const listen = (event: unknown): void => {
    numbers.push((event as JobEvent).id);
  };
  subscribe('heddle:job:queued', listen);
  t.after(() => unsubscribe('heddle:job:queued', listen));
  const pools = [new here.ThreadPool({ max: 1 }), new other.ThreadPool({ max: 1 })];
  for (const pool of [...pools, ...pools]) await pool.defer(Math.max, 1, 2);
  assert.equal(new Set(numbers).size, 4);
  await Promise.all(pools.map((pool) => pool.stop()));
});
