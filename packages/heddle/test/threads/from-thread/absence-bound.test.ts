import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { TimeoutError } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import type { ThreadIterator } from 'heddle/threads';
import { add } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';

const MOST_ABSENT = 64;
const limit = { timeout: 30_000 };

function* naturals(): Generator<number> {
  for (let n = 1; ; n++) yield n;
}

/** Has a thread wait for somebody who takes its items: the pool lets another take its place. */
async function keepAbsent(pool: MemoryThreadPool): Promise<ThreadIterator<number>> {
  const items = pool.with({ buffer: 1 }).iterate(naturals);
  const first = items.next();
  await pool.performAll();
  assert.deepEqual(await first, { done: false, value: 1 });
  pool.clock.advance(10);
  return items;
}

test('64 threads that wait have another in their place', limit, async () => {
  const pool = new MemoryThreadPool({ max: 2 });
  const iterators: ThreadIterator<number>[] = [];
  for (let n = 0; n < MOST_ABSENT + 1; n++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    iterators.push(await keepAbsent(pool));
  }
  const sum = pool.defer(add, 1, 2);
  await pool.performAll();
  assert.equal(await sum, 3);
  assert.equal(pool.statistics().threads, 2 + MOST_ABSENT);
  await Promise.all(iterators.map((items) => items.return()));
  await pool.stop();
});

test('where all threads that there may be wait, calls that need one are warned of, once', limit, async (t) => {
  const warnings: string[] = [];
  const note = ({ code, message }: NodeJS.ErrnoException): unknown => warnings.push(`${code}: ${message}`);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const pool = new MemoryThreadPool({ max: 1, name: 'recursion' });
  const iterators: ThreadIterator<number>[] = [];
  for (let n = 0; n < MOST_ABSENT + 1; n++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    iterators.push(await keepAbsent(pool));
  }
  assert.deepEqual(warnings, []);
  const warned = once(process, 'warning');
  const late = pool.with({ queueTimeout: 100 }).defer(add, 1, 2);
  const next = pool.defer(add, 3, 4);
  await warned;
  pool.clock.advance(100);
  await errorOf(late, TimeoutError);
  await iterators.pop()?.return();
  await pool.performAll();
  assert.equal(await next, 7);
  assert.equal(warnings.length, 1);
  const [warning = ''] = warnings;
  assert.match(
    warning,
    /^HEDDLE_ALL_THREADS_WAIT: All 65 threads that the pool 'recursion' may have wait .* queueTimeout/,
  );
  await Promise.all(iterators.map((items) => items.return()));
  await pool.stop();
});
