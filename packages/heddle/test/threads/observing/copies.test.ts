import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as here from 'heddle/threads';
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
