import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PoolFullError, type ThreadPool } from 'heddle/threads';
import { askForNothing } from '../../fixtures/threads/calls-out.ts';
import { passGate } from '../../fixtures/threads/jobs.ts';
import { computeABit, passGateIfAny, passGateOrCompute } from '../../fixtures/threads/short-calls.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { missingHere } from '../../support/skip.ts';

const limit = { timeout: 60_000 };
/** Where others want the processor, a short function is now and then taken for a long one, and then there is nothing to see. */
const MOST_ROUNDS = 2000;

async function makeKnown(pool: ThreadPool, f: () => number): Promise<void> {
  for (let call = 0; call < 200; call++) await pool.defer(f);
}

/** Holds this thread, and with it whatever has come from others, until the job is inside. */
function waitUntilEntered({ shared }: Gate): void {
  Atomics.wait(shared, 0, 0, 30_000);
}

test('what goes behind a call that begins at once counts for maxQueue', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2, maxQueue: 3 });
  pool.start();
  await makeKnown(pool, passGateIfAny);
  for (let round = 0; round < 20; round++) {
    const calls = Array.from({ length: 50 }, () => pool.defer(passGateIfAny));
    assert.ok(pool.statistics().backlog <= 3, `${pool.statistics().backlog}`);
    const outcomes = await Promise.allSettled(calls);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    assert.ok(refused.length > 0 && refused.every((reason) => reason instanceof PoolFullError));
  }
});

test(
  'calls that a thread gives back, as it goes on with one that was given up, do not count twice',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 2, max: 2 });
    pool.start();
    let looks = 0;
    for (let round = 0; round < MOST_ROUNDS && looks < 3; round++) {
      await makeKnown(pool, passGateIfAny);
      const gate = new Gate();
      const givenUp = pool.with({ onCancel: 'cooperate' }).defer(passGateIfAny, gate.shared);
      const others = Array.from({ length: 5 }, () => pool.defer(passGateIfAny));
      const wereBehind = new Set(pool.calls().map(({ thread }) => thread)).size === 1;
      waitUntilEntered(gate);
      givenUp.cancel();
      await Promise.allSettled([givenUp, ...others]);
      assert.equal(pool.statistics().backlog, 0);
      if (wereBehind) looks++;
      gate.open();
      while (pool.statistics().busy > 0) await nextTurn();
    }
    assert.equal(looks, 3);
  },
);

test('calls that several threads give back run in the order in which they were made', {
  ...limit,
  skip: missingHere('two processors, on which short calls go to two threads', availableParallelism() > 1),
}, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2 });
  pool.start();
  let looks = 0;
  for (let round = 0; round < MOST_ROUNDS && looks < 3; round++) {
    await makeKnown(pool, passGateOrCompute);
    const gates = [new Gate(), new Gate()];
    const held = gates.map((gate) => pool.with({ onCancel: 'abandon' }).defer(passGateOrCompute, gate.shared));
    if (new Set(pool.calls().map(({ thread }) => thread)).size === 1) {
      for (const gate of gates) gate.open();
      await Promise.all(held);
      continue;
    }
    const order: number[] = [];
    const others = Array.from({ length: 6 }, (_, n) => pool.defer(passGateOrCompute).addCallback(() => order.push(n)));
    const wereBehindBoth = new Set(pool.calls().map(({ thread }) => thread)).size === 2;
    for (const gate of gates) waitUntilEntered(gate);
    for (const call of held) call.cancel();
    // One thread takes them all.
    gates[0]?.open();
    await Promise.all(others);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
    if (wereBehindBoth) looks++;
    gates[1]?.open();
    await Promise.allSettled(held);
    while (pool.statistics().busy > 0) await nextTurn();
  }
  assert.equal(looks, 3);
});

test(
  'a thread that was told to end has no place for another, although its job has asked something',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 2 });
    for (let round = 0; round < 5; round++) {
      const gate = new Gate();
      const call = pool.with({ grace: 0 }).defer(askForNothing, gate.shared);
      call.addErrback(() => undefined);
      // Until it has an answer, whatever comes in the first call to a function.
      while (Atomics.load(gate.shared, 0) === 0) await nextTurn();
      pause(20);
      call.cancel();
      await call;
      while (pool.statistics().threads > 0 && pool.statistics().busy > 0) await nextTurn();
    }
    const gate = new Gate();
    const held = Array.from({ length: 6 }, () => pool.defer(passGate, gate.shared));
    assert.equal(pool.statistics().threads, 2);
    gate.open();
    await Promise.all(held);
  },
);

test('threads that are too many get no more calls, however many there are', limit, async (t) => {
  const pool = poolFor(t, { min: 8, max: 8 });
  pool.start();
  await makeKnown(pool, computeABit);
  const calls = { made: 0, most: 5000 };
  const callAgain = async (): Promise<void> => {
    for (; calls.made < calls.most; calls.made++) await pool.defer(computeABit);
  };
  const callers = Array.from({ length: 300 }, callAgain);
  while (calls.made < calls.most / 2) await nextTurn();
  assert.ok(pool.statistics().threads > 1);
  pool.adjustPoolSize({ min: 0, max: 1 });
  // Those that the eight have are many fewer.
  calls.most = calls.made + 2000;
  await Promise.all(callers);
  assert.equal(pool.statistics().threads, 1);
});

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
