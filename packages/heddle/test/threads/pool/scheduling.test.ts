import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Deferred } from 'heddle/defer';
import { assertNoResult, MemoryThreadPool, successResultOf } from 'heddle/testing';
import { ThreadExitError } from 'heddle/threads';
import { exit } from '../../fixtures/threads/faults.ts';
import { addTo, openAccount } from '../../fixtures/threads/items.ts';
import { ALONE, add, note, passGate, runAlone } from '../../fixtures/threads/jobs.ts';
import { whichThreadInAWhile } from '../../fixtures/threads/short-calls.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

/** The rule of the guide, in the plainest words: what waits, and which of them is next. */
class OrderModel {
  readonly #waiting: { readonly number: number; readonly priority: number }[] = [];
  #sinceOldest = 0;

  add(number: number, priority: number): void {
    this.#waiting.push({ number, priority });
  }

  cancel(number: number): void {
    const index = this.#waiting.findIndex((call) => call.number === number);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  next(): number | undefined {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return undefined;
    const highest = Math.max(...this.#waiting.map(({ priority }) => priority));
    const urgent = this.#waiting.find(({ priority }) => priority === highest) ?? oldest;
    const isOnlyRank = this.#waiting.every(({ priority }) => priority === 0);
    const next = this.#sinceOldest >= 7 ? oldest : urgent;
    if (!isOnlyRank) this.#sinceOldest = next === oldest ? 0 : this.#sinceOldest + 1;
    else this.#sinceOldest = 0;
    this.cancel(next.number);
    return next.number;
  }
}

type Step = { readonly call: number } | { readonly cancel: number } | { readonly perform: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ call: fc.integer({ min: -2, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat(60) }) },
  { weight: 4, arbitrary: fc.record({ perform: fc.constant(true as const) }) },
);

test('calls begin by priority, one in eight by age, within a priority in the order made, as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const pool = new MemoryThreadPool({ max: 1 });
      const model = new OrderModel();
      const log = sharedInts(100);
      const calls: Deferred<unknown>[] = [];
      const expected: number[] = [];
      // The thread always has one; so every call of the steps has to wait.
      pool.defer(add, 1, 2);
      await nextTurn();
      for (const one of steps) {
        if ('call' in one) {
          model.add(calls.length, one.call);
          calls.push(pool.with({ priority: one.call }).defer(note, log, calls.length));
        } else if ('cancel' in one) {
          const given = expected.at(-1) === one.cancel;
          if (!given) {
            model.cancel(one.cancel);
            calls[one.cancel]?.addErrback(() => undefined).cancel();
          }
        } else {
          await pool.perform();
          const next = model.next();
          if (next === undefined) {
            pool.defer(add, 1, 2);
          } else expected.push(next);
        }
      }
      await pool.performAll();
      for (let next = model.next(); next !== undefined; next = model.next()) expected.push(next);
      assert.deepEqual([...log.subarray(1, 1 + (log[0] ?? 0))], expected);
    }),
    { numRuns: 200 },
  );
});

test('a call of the lowest priority is not passed over more than seven times when it has waited longest', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  pool.defer(add, 1, 2);
  const patient = pool.with({ priority: -100 }).defer(add, 2, 2);
  const { defer } = pool.with({ priority: 100 });
  for (let n = 0; n < 20; n++) defer(add, n, n);
  for (let n = 0; n < 8; n++) {
    await pool.perform();
    assertNoResult(patient);
    defer(add, n, n);
  }
  await pool.perform();
  assert.equal(successResultOf(patient), 4);
});

test('calls of one key run in order and never two at once, whatever is cancelled and whatever threads die', async (t) => {
  const pool = poolFor(t, { max: 3, maxCrashes: Number.POSITIVE_INFINITY });
  const keys = ['a', 'b', 'c'].map((key) => ({
    defer: pool.with({ key }).defer,
    notes: sharedInts(400),
    made: [] as number[],
  }));
  const calls: Promise<unknown>[] = [];
  for (let number = 0; number < 300; number++) {
    const { defer, notes, made } = keys[number % keys.length] as (typeof keys)[number];
    if (number % 50 === 20) {
      calls.push(errorOf(defer(exit, 1), ThreadExitError));
    } else {
      const call = defer(runAlone, notes, number);
      if (number % 7 === 3) call.addErrback(() => undefined).cancel();
      else made.push(number);
      calls.push(call.toPromise());
    }
  }
  await Promise.all(calls);
  for (const { notes, made } of keys) {
    assert.equal(notes[ALONE.overlaps], 0);
    const ran = [...notes.subarray(ALONE.log, ALONE.log + (notes[ALONE.came] ?? 0))];
    // One that was cancelled while it ran has left its note.
    assert.deepEqual(
      ran.filter((number) => made.includes(number)),
      made,
    );
  }
});

test('a cancelled call keeps its key until its thread is gone', async (t) => {
  const pool = poolFor(t, { max: 2 });
  const [gate, counter] = [new Gate(), sharedInts(4)];
  const { defer } = pool.with({ key: 'one' });
  const running = defer(passGate, gate.shared);
  await gate.entered();
  const next = defer(runAlone, counter, 1);
  running.addErrback(() => 0).cancel();
  assert.equal(running.called, true);
  assert.equal(counter[ALONE.came], 0);
  await next;
  assert.equal(counter[ALONE.came], 1);
});

test('a call does not run beside another of its key where a thread is added that takes what waits behind that', async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 2 });
  const [before, gate, log] = [new Gate(), new Gate(), sharedInts(4)];
  const all = [pool.defer(passGate, before.shared), pool.defer(add, 1, 2)];
  await before.entered();
  const first = pool.with({ key: 'one', priority: 2 }).defer(passGate, gate.shared);
  const next = pool.with({ key: 'one' }).defer(note, log, 1);
  const urgent = [3, 4].map((n) => pool.with({ priority: 1 }).defer(add, n, n));
  before.open();
  await Promise.all(all);
  await gate.entered();
  // A thread starts meanwhile, and one of the urgent calls waits behind the first of the key.
  await poolFor(t).defer(add, 1, 2);
  pool.adjustPoolSize({ max: 2 });
  await Promise.all(urgent);
  assert.equal(log[0], 0);
  gate.open();
  await Promise.all([first, next]);
  assert.equal(log[0], 1);
});

test('a call that was parked for its key has its turn before those that came after it', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const log = sharedInts(10);
  const keyed = pool.with({ key: Symbol('key') });
  keyed.defer(note, log, 0);
  keyed.defer(note, log, 1);
  pool.defer(note, log, 2);
  await pool.performAll();
  assert.deepEqual([...log.subarray(1, 4)], [0, 1, 2]);
});

test('within a key, a later call of higher priority does not go first', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const log = sharedInts(10);
  pool.defer(add, 1, 2);
  pool.with({ key: 1, priority: -1 }).defer(note, log, 0);
  pool.with({ key: 1, priority: 5 }).defer(note, log, 1);
  pool.defer(note, log, 2);
  await pool.performAll();
  assert.deepEqual([...log.subarray(1, 4)], [2, 0, 1]);
});

test('a call of a key is held back by one that waits before it, and by none that runs or has ended', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const log = sharedInts(10);
  const defer = (priority: number, number: number): Deferred<void> =>
    pool.with({ key: 'one', priority }).defer(note, log, number);
  defer(-5, 0);
  // That one is at the thread.
  pool.defer(note, log, 1);
  defer(5, 2);
  await pool.performAll();
  // And now it has ended.
  pool.defer(add, 1, 2);
  pool.defer(note, log, 3);
  defer(5, 4);
  await pool.performAll();
  assert.deepEqual([...log.subarray(1, 6)], [0, 2, 1, 4, 3]);
});

test('calls that wait for others of their key do not keep the oldest one that can begin from its turn', async (t) => {
  const pool = poolFor(t, { max: 2 });
  const log = sharedInts(200);
  const gates = [new Gate(), new Gate()] as const;
  const [keyed, urgent] = [pool.with({ key: 'one' }), pool.with({ priority: 1 })];
  const held = [keyed.defer(passGate, gates[0].shared), pool.defer(passGate, gates[1].shared)];
  await Promise.all(gates.map((gate) => gate.entered()));
  urgent.defer(note, log, 1);
  for (let n = 0; n < 20; n++) keyed.defer(note, log, 2);
  const old = pool.defer(note, log, 3);
  for (let n = 0; n < 100; n++) urgent.defer(note, log, 1);
  gates[1].open();
  await old;
  assert.ok(log.subarray(1).indexOf(3) <= 8, `${log.subarray(1).indexOf(3)} calls went first`);
  gates[0].open();
  await Promise.all(held);
  await pool.stop();
});

test('a call made by who hears of another comes after that one', async (t) => {
  const pool = new MemoryThreadPool({ max: 1 });
  const log = sharedInts(10);
  pool.defer(add, 1, 2);
  await nextTurn();
  let isFirst = true;
  const hear = (): void => {
    if (!isFirst) return;
    isFirst = false;
    pool.defer(note, log, 2);
  };
  subscribe('heddle:job:queued', hear);
  t.after(() => unsubscribe('heddle:job:queued', hear));
  pool.defer(note, log, 1);
  await pool.performAll();
  assert.deepEqual([...log.subarray(1, 3)], [1, 2]);
});

test('threads that have done all they had while the loop was held up are not asked for it back', async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  const gates = [new Gate(), new Gate()];
  const both = gates.map((gate) => pool.defer(passGate, gate.shared));
  for (const gate of gates) gate.open();
  await Promise.all(both);
  for (let round = 0; round < 20; round++) await Promise.all([pool.defer(add, 1, 1), pool.defer(add, 2, 2)]);
  const calls = Array.from({ length: 8 }, (_, n) => pool.defer(add, n, n));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  assert.deepEqual(await Promise.all(calls), [0, 2, 4, 6, 8, 10, 12, 14]);
});

test('threads that take calls ahead of their turn take them in turn', async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  for (let round = 0; round < 50; round++)
    await Promise.all([pool.defer(whichThreadInAWhile), pool.defer(whichThreadInAWhile)]);
  let isShared = false;
  // Where a thread was kept from its processor, the calls wait in the pool for the one that is done first.
  for (let round = 0; round < 50 && !isShared; round++) {
    const threads = await Promise.all(Array.from({ length: 8 }, () => pool.defer(whichThreadInAWhile)));
    isShared = threads.filter((thread) => thread === threads[0]).length === 4;
  }
  assert.ok(isShared);
});

test('drain() fires when half of maxQueue waits, in a later turn', async () => {
  const pool = new MemoryThreadPool({ max: 1, maxQueue: 4 });
  for (let n = 0; n < 5; n++) pool.defer(add, n, n);
  const drained = pool.drain();
  await nextTurn();
  await pool.perform();
  assert.equal(pool.statistics().backlog, 3);
  await nextTurn();
  assertNoResult(drained);
  await pool.perform();
  assert.equal(pool.statistics().backlog, 2);
  await nextTurn();
  assert.equal(drained.called, true);
  const again = pool.drain();
  assertNoResult(again);
  await nextTurn();
  assert.equal(again.called, true);
});

test('of those who wait for drain(), as many are told at a time as there is room for', async () => {
  const pool = new MemoryThreadPool({ max: 1, maxQueue: 4 });
  for (let n = 0; n < 5; n++) pool.defer(add, n, n);
  const told: number[] = [];
  for (let n = 0; n < 5; n++) {
    pool.drain().addCallback(() => {
      told.push(n);
      pool.defer(add, n, n);
    });
  }
  for (const expected of [
    [0, 1],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
  ]) {
    while (pool.statistics().backlog > 2) await pool.perform();
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    assert.deepEqual(told, expected);
  }
  // Who makes no calls takes no room.
  const idle = Array.from({ length: 10 }, () => pool.drain());
  while (pool.statistics().backlog > 2) await pool.perform();
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  assert.ok(idle.every(({ called }) => called));
});

test('drain() waits for calls to bound objects as well, which are in the backlog', async () => {
  const pool = new MemoryThreadPool({ max: 1, maxQueue: 4 });
  const bound = pool.bind(openAccount, 100, sharedInts(1));
  await pool.performAll();
  for (let n = 0; n < 5; n++) bound.defer(addTo, n);
  await nextTurn();
  assert.equal(pool.statistics().backlog, 4);
  const drained = pool.drain();
  await nextTurn();
  assertNoResult(drained);
  await pool.perform();
  await nextTurn();
  assertNoResult(drained);
  await pool.perform();
  await nextTurn();
  assert.equal(drained.called, true);
});

test('whoever no longer waits for drain() is not told', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const calls = [pool.defer(add, 1, 1), pool.defer(add, 2, 2)];
  const [given, kept] = [pool.drain(), pool.drain()];
  given.addErrback(() => undefined).cancel();
  calls[1]?.addErrback(() => 0).cancel();
  await nextTurn();
  assert.equal(kept.called, true);
});

test('results of short calls are delivered although the call after them does not end', {
  timeout: 60_000,
}, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const manyShort = (): Promise<number>[] => Array.from({ length: 80 }, (_, n) => pool.defer(add, n, 1).toPromise());
  // From now on they are known to be short.
  await Promise.all(manyShort());
  for (let round = 0; round < 20; round++) {
    const gate = new Gate();
    const short = manyShort();
    const endless = pool.defer(passGate, gate.shared);
    assert.equal((await Promise.all(short)).at(-1), 80);
    gate.open();
    await endless;
  }
});
