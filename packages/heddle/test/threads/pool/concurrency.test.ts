import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { CancelledError, Deferred, Failure } from 'heddle/defer';
import { ask, PoolFullError, ThreadExitError, ThreadPool, TooManyCrashesError } from 'heddle/threads';
import { rejectValue } from '../../fixtures/threads/faults.ts';
import {
  askThenWait,
  askThenWaitForFlag,
  exitAfterTurns,
  meetOthers,
  noteWhoIsCancelled,
  passGateAndStay,
  waitForFlag,
  waitThenExit,
  waitTurns,
  whichJob,
} from '../../fixtures/threads/together.ts';
import { add, spinForever, whichThread } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

/** How a call ends: with its value, or a Failure. */
function outcomeOf(call: Deferred<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    call.addBoth(resolve);
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

test('calls that wait share a thread, up to as many as are asked for', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 3 });
  const inside = sharedInts(2);
  const calls = Array.from({ length: 7 }, () => pool.defer(meetOthers, inside, 3));
  const most = await Promise.all(calls);
  assert.equal(Math.max(...most), 3);
});

test('without being asked, a thread has one call at a time', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const inside = sharedInts(2);
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => pool.defer(meetOthers, inside, 1))), [1, 1, 1]);
});

test('idle threads and new ones come before a thread that has a call', limit, async (t) => {
  const pool = poolFor(t, { max: 2, concurrency: 4 });
  const flag = sharedInts(2);
  const calls = [pool.defer(waitForFlag, flag), pool.defer(waitForFlag, flag)];
  const others = [pool.defer(waitForFlag, flag), pool.defer(waitForFlag, flag)];
  await until(() => Atomics.load(flag, 1) === 4);
  assert.equal(pool.statistics().threads, 2);
  assert.equal(pool.statistics().backlog, 0);
  Atomics.store(flag, 0, 1);
  assert.equal(new Set(await Promise.all([...calls, ...others])).size, 2);
});

test('a call that computes does not keep those behind it from a thread that becomes free', limit, async (t) => {
  const pool = poolFor(t, { max: 2, concurrency: 4 });
  const gate = new Gate();
  const flag = sharedInts(2);
  const waiting = pool.defer(waitForFlag, flag);
  const spinning: Deferred<unknown> = pool.with({ grace: 0 }).defer(spinForever, gate.shared);
  await gate.entered();
  const sums = [1, 2, 3, 4, 5, 6].map((n) => pool.defer(add, n, n));
  Atomics.store(flag, 0, 1);
  await waiting;
  assert.deepEqual(await Promise.all(sums), [2, 4, 6, 8, 10, 12]);
  spinning.cancel();
  await errorOf(spinning, Error);
});

test('each call knows itself, and only the one that was cancelled is', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 4 });
  const notes = sharedInts(4);
  const calls = [0, 1, 2, 3].map((n) => pool.with({ onCancel: 'cooperate' }).defer(noteWhoIsCancelled, n, notes));
  await until(() => notes.every((note) => note === 1));
  calls[2]?.cancel();
  await until(() => Atomics.load(notes, 2) === 3);
  assert.deepEqual([...notes], [1, 1, 3, 1]);
  for (const call of calls) call.cancel();
  for (const call of calls) await errorOf(call, Error);
  await until(() => notes.every((note) => note === 3));
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => pool.defer(whichJob, n))), [true, true, true]);
});

test('a thread that ends fails each call in it with an error of its own', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 3 });
  const flag = sharedInts(2);
  const never = sharedInts(2);
  const siblings = [pool.defer(waitForFlag, never), pool.defer(waitForFlag, never)];
  const ending = pool.defer(waitThenExit, flag);
  Atomics.store(flag, 0, 1);
  for (const [call, name] of [
    ...siblings.map((each) => [each, 'waitForFlag'] as const),
    [ending, 'waitThenExit'] as const,
  ]) {
    const error = await errorOf(call, ThreadExitError);
    assert.match(error.message, new RegExp(`The thread that ran ${name} ended with exit code 5`));
  }
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a call that is given up and does not end takes the others with it, which say for whom', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 2 });
  const gate = new Gate();
  const never = sharedInts(2);
  const sibling = pool.defer(waitForFlag, never);
  const spinning = pool.with({ grace: 0 }).defer(spinForever, gate.shared);
  await gate.entered();
  spinning.cancel();
  const error = await errorOf(sibling, ThreadExitError);
  assert.match(error.message, /because spinForever, which ran in it too, was given up/);
  assert.equal(typeof (await pool.defer(whichThread)), 'number');
});

/** What a call may do in a thread that it shares: each gives its number, or fails in one of the ways that are named. */
const deeds: Record<string, (pool: ThreadPool, n: number) => Deferred<unknown>> = {
  sum: (pool, n) => pool.defer(add, n, 0),
  wait: (pool, n) => pool.defer(waitTurns, n, n % 7),
  ask: (pool, n) =>
    pool.defer(
      askThenWait,
      n,
      ask((m) => (m % 2 === 0 ? m : Promise.resolve(m))),
    ),
  throw: (pool, n) => pool.defer(rejectValue, n),
  exit: (pool, n) => pool.defer(exitAfterTurns, n % 5),
  cancelled: (pool, n) => {
    const call = pool.with({ grace: 0 }).defer(waitTurns, n, 1_000_000);
    setImmediate(() => call.cancel());
    return call;
  },
};

test('calls run beside one that has asked and goes on', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 2 });
  const flag = sharedInts(2);
  // From here on both functions are known, and the calls below are sent at once.
  Atomics.store(flag, 0, 1);
  await Promise.all([pool.defer(askThenWaitForFlag, ask(Date.now), flag), pool.defer(add, 1, 1)]);
  flag.fill(0);
  const asked = new Deferred<void>();
  const answer = new Deferred<void>();
  const question = ask((): Deferred<void> => {
    asked.callback();
    return answer;
  });
  const waiting = pool.defer(askThenWaitForFlag, question, flag);
  const beside = pool.defer(add, 1, 2);
  await asked;
  assert.equal(await beside, 3);
  answer.callback();
  await until(() => Atomics.load(flag, 1) === 1);
  assert.equal(await pool.defer(add, 3, 4), 7);
  Atomics.store(flag, 0, 1);
  await waiting;
});

for (const onCancel of ['abandon', 'cooperate'] as const) {
  test(
    `a call behind one that is given up while it computes begins when that waits (${onCancel})`,
    limit,
    async (t) => {
      const pool = poolFor(t, { max: 1, concurrency: 2 });
      await pool.defer(add, 1, 1);
      const gate = new Gate();
      const staying = pool.with({ onCancel }).defer(passGateAndStay, gate.shared);
      await gate.entered();
      const behind = pool.defer(add, 1, 2);
      staying.cancel();
      await errorOf(staying, CancelledError);
      gate.open();
      assert.equal(await behind, 3);
    },
  );
}

test('where none may wait, a thread takes as many calls as it may run', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 3, maxQueue: 0 });
  const flag = sharedInts(2);
  const calls = [1, 2, 3].map(() => pool.defer(waitForFlag, flag));
  await errorOf(pool.defer(waitForFlag, flag), PoolFullError);
  await until(() => Atomics.load(flag, 1) === 3);
  await errorOf(pool.defer(waitForFlag, flag), PoolFullError);
  Atomics.store(flag, 0, 1);
  await Promise.all(calls);
});

/** Calls that stay inside until each may go, two for each of two threads; the function is known to be short before. */
async function fillTwoThreads(pool: ThreadPool): Promise<{ call: Deferred<number>; flag: Int32Array }[]> {
  const open = openFlag();
  for (let n = 0; n < 200; n++) await Promise.all([pool.defer(waitForFlag, open), pool.defer(waitForFlag, open)]);
  const held = Array.from({ length: 4 }, () => {
    const flag = sharedInts(2);
    return { call: pool.defer(waitForFlag, flag), flag };
  });
  await until(() => held.every(({ flag }) => Atomics.load(flag, 1) === 1));
  return held;
}

function openFlag(): Int32Array {
  const flag = sharedInts(2);
  flag[0] = 1;
  return flag;
}

test('while a thread has a free place, no call goes behind those of a thread that has none', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 2, concurrency: 2, maxQueue: 0 });
  pool.start();
  // Where others want the processor, a short function is now and then taken for a long one, behind which no call goes.
  for (let round = 0; round < 20; round++) {
    const held = await fillTwoThreads(pool);
    const free = held.pop();
    Atomics.store(free?.flag as Int32Array, 0, 1);
    const thread = await free?.call;
    const call = pool.defer(waitForFlag, openFlag());
    assert.equal(pool.statistics().backlog, 0);
    assert.equal(await call, thread);
    for (const { flag } of held) Atomics.store(flag, 0, 1);
    await Promise.all(held.map((each) => each.call));
  }
});

test('whatever calls do that share threads, each ends once, and the threads work on', limit, async () => {
  const deed = fc.oneof(
    { weight: 40, arbitrary: fc.constant('sum') },
    { weight: 30, arbitrary: fc.constant('wait') },
    { weight: 20, arbitrary: fc.constant('ask') },
    { weight: 10, arbitrary: fc.constant('throw') },
    { weight: 1, arbitrary: fc.constant('exit') },
    { weight: 2, arbitrary: fc.constant('cancelled') },
  );
  const rounds = fc.array(deed, { minLength: 20, maxLength: 120, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 5 }), rounds, async (concurrency, names) => {
      const pool = new ThreadPool({ max: 2, concurrency });
      const calls = names.map((name, n) => deeds[name]?.(pool, n) as Deferred<unknown>);
      const results = await Promise.all(calls.map((call) => outcomeOf(call)));
      for (const [n, result] of results.entries()) {
        // A thread that ends takes all its calls with it.
        if (result instanceof Failure && result.value instanceof ThreadExitError) continue;
        // What has ended three threads in a row is not taken any more.
        if (names[n] === 'exit' && result instanceof Failure && result.value instanceof TooManyCrashesError) continue;
        if (names[n] === 'cancelled') assert.ok(result instanceof Failure && result.value instanceof CancelledError);
        else if (names[n] === 'throw') assert.ok(result instanceof Failure && result.value === n);
        else assert.equal(result, n, names[n]);
      }
      assert.equal(await pool.defer(add, 1, 2), 3);
      assert.deepEqual(pool.pendingCalls(), []);
      await pool.stop();
    }),
    { numRuns: 12 },
  );
});
