import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, passGate, runAlone, whichThread } from '../../fixtures/threads/jobs.ts';
import { keepBuffers, keepObjects } from '../../fixtures/threads/leftovers.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { runProgramFile } from '../../support/program.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

test('no thread answers more than maxCallsPerThread calls, also where many come at once', limit, async (t) => {
  const pool = poolFor(t, { max: 2, maxCallsPerThread: 20 });
  await pool.defer(whichThread);
  const threads = await Promise.all(Array.from({ length: 300 }, () => pool.defer(whichThread)));
  const counts = new Map<number, number>();
  for (const thread of threads) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  assert.equal(Math.max(...counts.values()), 20);
});

test('calls of a key keep their order while threads are recycled under them', limit, async (t) => {
  const pool = poolFor(t, { max: 3, maxCallsPerThread: 2 });
  const { defer } = pool.with({ key: 'k' });
  const notes = sharedInts(50);
  const others = Array.from({ length: 30 }, (_, n) => pool.defer(add, n, n));
  await Promise.all(Array.from({ length: 20 }, (_, number) => defer(runAlone, notes, number)));
  assert.deepEqual([...notes.subarray(0, 23)], [0, 0, 20, ...Array.from({ length: 20 }, (_, n) => n)]);
  assert.deepEqual(
    await Promise.all(others),
    Array.from({ length: 30 }, (_, n) => 2 * n),
  );
});

test('a thread of the minimum that has done its calls is replaced', limit, async (t) => {
  const pool = poolFor(t, { min: 1, max: 1, maxCallsPerThread: 1 });
  const threads = new Set<number>();
  for (let call = 0; call < 3; call++) threads.add(await pool.defer(whichThread));
  assert.equal(threads.size, 3);
  const gate = new Gate();
  const waiting = pool.defer(passGate, gate.shared);
  await gate.entered();
  assert.deepEqual(sizes(pool), { threads: 1, idle: 0, busy: 1, backlog: 0 });
  gate.open();
  await waiting;
});

test('a thread that uses more than maxThreadMemory is ended when its call is answered', limit, async (t) => {
  const pool = poolFor(t, { max: 1, maxThreadMemory: 100 * 2 ** 20 });
  for (const keep of [() => pool.defer(keepBuffers, 150 * 2 ** 20), () => pool.defer(keepObjects, 3_000_000)]) {
    const first = await pool.defer(whichThread);
    for (let call = 0; call < 5; call++) assert.equal(await pool.defer(keepBuffers, 1000), first);
    assert.equal(await keep(), first);
    assert.notEqual(await pool.defer(whichThread), first);
  }
});

test('the thread of a bound object stays, whatever it is used for', limit, async (t) => {
  const pool = poolFor(t, { maxCallsPerThread: 2, maxThreadMemory: 1 });
  const counter = pool.bind(Array<number>);
  const add = (numbers: number[], n: number): number => numbers.push(n);
  for (let call = 1; call <= 6; call++) assert.equal(await counter.defer(add, call), call);
  await counter[Symbol.asyncDispose]();
});

test('what a job prints is not lost when its thread is recycled right after it', limit, async (t) => {
  const { code, stdout, stderr } = await runProgramFile(
    t,
    `import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 2, maxCallsPerThread: 1 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => pool.defer(console.log, n)));`,
  );
  const numbers = stdout.trim().split('\n').map(Number);
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n),
  );
  assert.deepEqual([code, stderr], [0, '']);
});
