import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Deferred } from 'heddle/defer';
import { type PoolCall, ThreadPool } from 'heddle/threads';
import { add, note } from '../../fixtures/threads/jobs.ts';
import { blockForAWhile, passGateIfAny, whichThreadInAWhile } from '../../fixtures/threads/short-calls.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 60_000 };
const MOST_ROUNDS = 2000;
const MOST_CALLS = 200_000;

/** The threads that have the pool's calls, as they were given out in this turn. */
function threadsOfCalls(pool: ThreadPool): Set<string | undefined> {
  return new Set(pool.calls().map(({ thread }) => thread));
}

/**
 * Makes calls in one turn, again and again, until all of them have gone to one thread. Where others want the processor, a
 * short function is now and then taken for a long one.
 */
async function untilTogether<T>(
  pool: ThreadPool,
  makeCalls: () => T,
  settle: (calls: T) => Promise<unknown>,
): Promise<T> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const calls = makeCalls();
    const areTogether = threadsOfCalls(pool).size === 1;
    if (areTogether) return calls;
    await settle(calls);
  }
  throw new Error(`The calls of ${MOST_ROUNDS} rounds went to several threads.`);
}

const makeShort = (pool: ThreadPool, count: number) => (): Deferred<number>[] =>
  Array.from({ length: count }, () => pool.defer(passGateIfAny));

const all = (calls: readonly PromiseLike<number>[]): Promise<number[]> => Promise.all(calls);

test('short calls that are made together go to one thread, although another is idle', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  const calls = await untilTogether(pool, makeShort(pool, 5), all);
  assert.equal(new Set(await all(calls)).size, 1);
});

test('short calls that are made together make no more threads', limit, async () => {
  for (let attempt = 0; attempt < 50; attempt++) {
    await using pool = new ThreadPool({ max: 2 });
    for (let call = 0; call < 300; call++) await pool.defer(passGateIfAny);
    const calls = makeShort(pool, 5)();
    const { threads } = pool.statistics();
    await all(calls);
    if (threads === 1) return;
  }
  assert.fail('The calls of 50 pools have each made another thread.');
});

test('short calls wake no more threads than there are processors, while these have room', limit, async (t) => {
  const processors = availableParallelism();
  const pool = poolFor(t, { min: processors + 1, max: processors + 1 });
  pool.start();
  const makeCalls = (count: number): Deferred<number>[] =>
    Array.from({ length: count }, () => pool.defer(whichThreadInAWhile));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const calls = makeCalls(processors + 1);
    const threads = threadsOfCalls(pool).size;
    await all(calls);
    // Where others want the processor, the function is now and then taken for one that takes long.
    if (threads === processors) return;
  }
  assert.fail(`The calls of ${MOST_ROUNDS} rounds have each gone to threads of their own.`);
});

test('calls that may run beside others in a thread go to idle threads first, however many', limit, async (t) => {
  const threads = availableParallelism() + 1;
  const pool = poolFor(t, { min: threads, max: threads, concurrency: 2 });
  pool.start();
  for (let round = 0; round < 20; round++) {
    const calls = makeShort(pool, threads)();
    assert.equal(threadsOfCalls(pool).size, threads);
    await all(calls);
  }
});

test('a call does not go behind a function that nobody knows yet, nor behind one that takes long', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  await all(await untilTogether(pool, makeShort(pool, 5), all));
  for (const knowledge of ['not known', 'known to take long']) {
    const gate = new Gate();
    const long = pool.defer(blockForAWhile, gate.shared);
    const short = pool.defer(passGateIfAny);
    assert.equal(threadsOfCalls(pool).size, 2, knowledge);
    await Promise.all([short, gate.entered()]);
    pause(2);
    gate.open();
    await long;
  }
});

test('at a thread with a function that is known to take long, no call waits ahead of its turn', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  const holdBoth = (gates: readonly Gate[]): Deferred<number>[] =>
    gates.map((gate) => pool.defer(blockForAWhile, gate.shared));
  for (const knowledge of ['not known', 'known to take long']) {
    const gates = [new Gate(), new Gate()];
    const long = holdBoth(gates);
    const short = makeShort(pool, 3)();
    const waiting = pool.calls().filter(({ thread }) => thread === undefined);
    assert.equal(waiting.length, 3, knowledge);
    await Promise.all(gates.map((gate) => gate.entered()));
    pause(2);
    for (const gate of gates) gate.open();
    await all([...long, ...short]);
    // A thread may have had nothing but short calls of late.
    for (let round = 0; round < 100; round++) await all(makeShort(pool, 2)());
  }
});

test(
  'a thread that still starts gets one call; the others wait for whichever thread is free first',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 2 });
    for (let call = 0; call < 300; call++) await pool.defer(passGateIfAny);
    const gate = new Gate();
    const long = pool.defer(blockForAWhile, gate.shared);
    const short = makeShort(pool, 4)();
    assert.equal(pool.statistics().threads, 2);
    assert.equal(pool.calls().filter(({ thread }) => thread === undefined).length, 3);
    gate.open();
    await all([long, ...short]);
  },
);

test('a function that has become slow is not expected to be short', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  await all(await untilTogether(pool, makeShort(pool, 5), all));
  for (let call = 0; call < 8; call++) {
    const gate = new Gate();
    const slow = pool.defer(passGateIfAny, gate.shared);
    await gate.entered();
    pause(2);
    gate.open();
    await slow;
  }
  const calls = makeShort(pool, 2)();
  assert.equal(threadsOfCalls(pool).size, 2);
  await all(calls);
});

test('calls that went behind one which takes longer than expected go on in another thread', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  const makeCalls = (): { gate: Gate; long: Deferred<number>; short: Deferred<number>[] } => {
    const gate = new Gate();
    return { gate, long: pool.defer(passGateIfAny, gate.shared), short: makeShort(pool, 5)() };
  };
  await all(await untilTogether(pool, makeShort(pool, 5), all));
  const { gate, long, short } = await untilTogether(pool, makeCalls, async (calls) => {
    calls.gate.open();
    await Promise.all([calls.long, ...calls.short]);
    await all(await untilTogether(pool, makeShort(pool, 5), all));
  });
  const threads = await all(short);
  gate.open();
  assert.ok(!threads.includes(await long));
});

/** The thread that has the call of this function, where one has it. */
function threadOf(pool: ThreadPool, { name }: Function): string | undefined {
  return pool.calls().find(({ functionName }) => functionName === name)?.thread;
}

/** Keeps many short calls in flight until `end`, or until there were so many that it will not come. */
function callsUntil(end: Deferred<unknown>, pool: ThreadPool): Promise<void>[] {
  let calls = 0;
  const flow = async (): Promise<void> => {
    while (!end.called && calls++ < MOST_CALLS) await pool.defer(passGateIfAny);
  };
  return Array.from({ length: 300 }, flow);
}

test(
  'what went behind a long call goes on in another thread, though that never runs out of calls',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 2, max: 2 });
    pool.start();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (let call = 0; call < 200; call++) await pool.defer(passGateIfAny);
      const [free, taken] = [new Gate(), new Gate()];
      const first = pool.defer(blockForAWhile, free.shared);
      const long = pool.defer(passGateIfAny, taken.shared);
      await Promise.all([free.entered(), taken.entered()]);
      const behind = pool.defer(add, 1, 2);
      const isBehind = threadOf(pool, add) !== undefined && threadOf(pool, add) === threadOf(pool, passGateIfAny);
      free.open();
      const flows = isBehind ? callsUntil(behind, pool) : [];
      if (isBehind) await Promise.any(flows);
      const isDone = behind.called;
      taken.open();
      await Promise.all([first, long, behind, ...flows]);
      if (!isBehind) continue;
      assert.ok(isDone, `${MOST_CALLS} calls have overtaken it.`);
      return;
    }
    assert.fail(`In ${MOST_ROUNDS} rounds no call has gone behind the long one.`);
  },
);

test(
  'what is taken back from behind a long call begins by priority, and by age, as if it had never been there',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 1, max: 1 });
    const urgent = pool.with({ priority: 1 });
    const log = sharedInts(200);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (let call = 0; call < 50; call++) await Promise.all([pool.defer(passGateIfAny), pool.defer(note, log, 0)]);
      const gate = new Gate();
      const long = pool.defer(passGateIfAny, gate.shared);
      await gate.entered();
      log.fill(0);
      const old = pool.defer(note, log, 1);
      const later = Array.from({ length: 50 }, () => urgent.defer(note, log, 2));
      const isBehind = threadOf(pool, note) !== undefined;
      while (pool.calls().some(isBehindAnother)) await nextTurn();
      gate.open();
      await Promise.all([long, old, ...later]);
      if (!isBehind) continue;
      // One in eight is the oldest.
      assert.deepEqual([...log.subarray(1, 10)], [2, 2, 2, 2, 2, 2, 2, 1, 2]);
      return;
    }
    assert.fail(`In ${MOST_ROUNDS} rounds no call has gone behind the long one.`);
  },
);

/** Whether a call waits at a thread. */
function isBehindAnother({ state, thread }: PoolCall): boolean {
  return state === 'waiting' && thread !== undefined;
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
