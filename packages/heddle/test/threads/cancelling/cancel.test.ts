import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, Deferred, ensureDeferred, TimeoutError } from 'heddle/defer';
import { cooperate } from 'heddle/task';
import { deferToThread, PoolStoppedError, type ThreadPool } from 'heddle/threads';
import { add, count, countIn, neverSettle, passGate, spinForever, whichThread } from '../../fixtures/threads/jobs.ts';
import { passGateIfAny } from '../../fixtures/threads/short-calls.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { ForeignController } from '../../support/foreign-signal.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

interface Ending {
  readonly name: string;
  start(pool: ThreadPool, job: (shared: Int32Array) => unknown, shared: Int32Array): Deferred<unknown>;
  giveUp(call: Deferred<unknown>, t: TestContext): void;
  check(error: unknown): void;
}

/** Time passes only when a test says so. */
function holdTime(t: TestContext): void {
  t.mock.timers.enable({ apis: ['setTimeout'] });
}

/** The three ways in which a caller gives up a call, each with what the caller then sees. */
function endings(): Ending[] {
  const controller = new AbortController();
  const reason = new Error('the client hung up');
  return [
    {
      name: 'cancel()',
      start: (pool, job, shared) => pool.defer(job, shared),
      giveUp: (call) => call.cancel('no need'),
      check: (error) => {
        assert.ok(error instanceof CancelledError);
        assert.equal(error.code, 'ABORT_ERR');
        assert.equal(error.cause, 'no need');
      },
    },
    {
      name: 'a signal',
      start: (pool, job, shared) => pool.with({ signal: controller.signal }).defer(job, shared),
      giveUp: () => controller.abort(reason),
      check: (error) => {
        assert.ok(error instanceof CancelledError);
        assert.equal(error.code, 'ABORT_ERR');
        assert.equal(error.cause, reason);
      },
    },
    {
      name: 'a timeout',
      start: (pool, job, shared) => pool.with({ timeout: 100 }).defer(job, shared),
      giveUp: (_call, t) => t.mock.timers.tick(100),
      check: (error) => {
        assert.ok(error instanceof TimeoutError);
        assert.equal(error.code, 'HEDDLE_TIMEOUT');
        assert.equal(error.limit, 'total');
        assert.equal(error.timeout, 100);
        assert.match(error.message, /^(count|spinForever|neverSettle) had no result within 100 ms\.$/);
      },
    },
  ];
}

for (const { name, start, giveUp, check } of endings()) {
  test(`a waiting call that is given up by ${name} never runs`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    holdTime(t);
    const gate = new Gate();
    const counter = sharedInts(1);
    const before = pool.defer(passGate, gate.shared);
    const call = start(pool, count, counter);
    const after = pool.defer(add, 1, 2);
    await gate.entered();
    assert.equal(pool.statistics().backlog, 2);
    giveUp(call, t);
    check(await failureOf(call));
    assert.equal(pool.statistics().backlog, 1);
    gate.open();
    await before;
    assert.equal(await after, 3);
    assert.equal(counter[0], 0);
  });
}

for (const job of [spinForever, neverSettle]) {
  for (const { name, start, giveUp, check } of endings()) {
    test(
      `a running call that is given up by ${name} has its grace, then its thread is ended and replaced (${job.name})`,
      limit,
      async (t) => {
        const pool = poolFor(t, { max: 1 });
        holdTime(t);
        const thread = await pool.defer(whichThread);
        const gate = new Gate();
        const call = start(pool, job, gate.shared);
        await gate.entered();
        giveUp(call, t);
        check(await failureOf(call));
        t.mock.timers.tick(99);
        assert.deepEqual(sizes(pool), { threads: 1, idle: 0, busy: 1, backlog: 0 });
        const next = pool.defer(whichThread);
        t.mock.timers.tick(1);
        assert.notEqual(await next, thread);
        assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
      },
    );
  }
}

test('cancel settles the call before it returns', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = pool.defer(spinForever, gate.shared);
  const waiting = pool.defer(add, 1, 2);
  await gate.entered();
  const failures: unknown[] = [];
  for (const call of [waiting, running]) {
    call.addErrback((failure) => failures.push(failure.value));
    call.cancel();
  }
  assert.equal(failures.length, 2);
  assert.ok(failures.every((error) => error instanceof CancelledError));
});

test(
  'a call with a signal that has been aborted before is refused in a later turn, and resolves nothing',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const counter = sharedInts(1);
    const reason = { why: 'too late' };
    const call = pool.with({ signal: AbortSignal.abort(reason) }).defer(count, counter);
    assert.equal(call.called, false);
    const error = await errorOf(call, CancelledError);
    assert.equal(error.code, 'ABORT_ERR');
    assert.equal(error.cause, reason);
    assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
    assert.equal(counter[0], 0);
  },
);

test('a signal has no listener left when its calls are done, however they ended', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const { signal } = new AbortController();
  const gate = new Gate();
  const blocking = pool.with({ signal }).defer(passGate, gate.shared);
  const waiting = pool.with({ signal }).defer(add, 1, 2);
  const refused = pool.with({ signal }).defer(count, [Symbol('unsendable')] as never);
  const timedOut = pool.with({ signal, timeout: 0 }).defer(add, 1, 2);
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  waiting.cancel();
  await failureOf(waiting);
  await errorOf(timedOut, TimeoutError);
  gate.open();
  await blocking;
  await errorOf(refused, TypeError);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('any number of calls share a signal without a warning', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const warnings: Error[] = [];
  const warned = (warning: Error): void => {
    if (warning.name === 'MaxListenersExceededWarning') warnings.push(warning);
  };
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const controller = new AbortController();
  const view = pool.with({ signal: controller.signal });
  const gate = new Gate();
  const calls = [view.defer(passGate, gate.shared), ...Array.from({ length: 20_000 }, () => view.defer(add, 1, 2))];
  const failures = Promise.all(calls.map(failureOf));
  await gate.entered();
  controller.abort();
  for (const error of await failures) assert.ok(error instanceof CancelledError);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});

test('a signal that is aborted in a callback of its own call cancels the others', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const controller = new AbortController();
  const view = pool.with({ signal: controller.signal });
  const first = view.defer(add, 1, 2).addCallback((sum) => {
    controller.abort();
    return sum;
  });
  const second = view.defer(add, 3, 4);
  assert.equal(await first, 3);
  await errorOf(second, CancelledError);
});

test('a timeout longer than the longest timer of Node fires when it is due, not before', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  holdTime(t);
  const gate = new Gate();
  const call = pool.with({ timeout: 2 ** 31 + 1 }).defer(spinForever, gate.shared);
  const failure = errorOf(call, TimeoutError);
  await gate.entered();
  t.mock.timers.tick(2 ** 31 - 1);
  t.mock.timers.tick(1);
  assert.equal(call.called, false);
  t.mock.timers.tick(1);
  assert.equal((await failure).timeout, 2 ** 31 + 1);
});

test('timeout 0 fails in a later turn whatever does not answer at once', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const call = pool.with({ timeout: 0 }).defer(neverSettle, new Gate().shared);
  assert.equal(call.called, false);
  assert.equal((await errorOf(call, TimeoutError)).timeout, 0);
});

test('a call may be cancelled while its function is still being looked for', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const { unknownSoFar } = await import('../../fixtures/threads/unknown-so-far.ts');
  const counter = sharedInts(1);
  const call = pool.defer(unknownSoFar, counter);
  call.cancel();
  await errorOf(call, CancelledError);
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.equal(counter[0], 0);
  assert.equal(await pool.defer(unknownSoFar, counter), 1);
});

test('a second cancel changes nothing', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const call = pool.defer(spinForever, gate.shared);
  await gate.entered();
  const failures: unknown[] = [];
  call.addErrback((failure) => failures.push(failure.value));
  call.cancel('first');
  call.cancel('second');
  assert.deepEqual(
    failures.map((error) => (error as Error).cause),
    ['first'],
  );
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a cancel after the result changes nothing, and the thread stays', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const controller = new AbortController();
  const call = pool.with({ signal: controller.signal, timeout: 10_000 }).defer(whichThread);
  const thread = await call;
  call.cancel();
  controller.abort();
  assert.equal(await call, thread);
  assert.equal(await pool.defer(whichThread), thread);
});

test('a result that comes after the cancel is dropped', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const call = pool.defer(passGate, gate.shared);
  await gate.entered();
  const results: unknown[] = [];
  call.addBoth((result) => results.push(result));
  gate.open();
  call.cancel();
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.equal(results.length, 1);
});

test('a call that its caller fires is left alone by its late result', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const call = pool.defer(add, 1, 2);
  call.callback(42);
  assert.equal(await call, 42);
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.equal(await call, 42);
});

test('a call that its caller fires is left alone by its late refusal', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const aborted: Deferred<number> = pool.with({ signal: AbortSignal.abort() }).defer(add, 1, 2);
  aborted.callback(42);
  assert.equal(await aborted, 42);
  await pool.stop();
  const late: Deferred<number> = pool.defer(add, 1, 2);
  late.callback(43);
  // What is thrown in a later turn fails the test.
  await nextTurn();
  assert.equal(await late, 43);
});

test('deferToThread.with gives up in the same ways', limit, async () => {
  const controller = new AbortController();
  const gate = new Gate();
  const call = deferToThread.with({ signal: controller.signal })(spinForever, gate.shared);
  await gate.entered();
  controller.abort();
  await errorOf(call, CancelledError);
  await errorOf(deferToThread.with({ timeout: 1 })(neverSettle, new Gate().shared), TimeoutError);
});

test('with a grace of 0 the thread is ended at once', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  holdTime(t);
  const gate = new Gate();
  const thread = await pool.defer(whichThread);
  const call = pool.with({ grace: 0 }).defer(spinForever, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  assert.notEqual(await pool.defer(whichThread), thread);
});

test('the grace of a job that has ended in time does not end a later one', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  holdTime(t);
  const thread = await pool.defer(whichThread);
  const given = new Gate();
  const call = pool.defer(passGate, given.shared);
  await given.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  const later = new Gate();
  const next = pool.defer(passGate, later.shared);
  given.open();
  await later.entered();
  t.mock.timers.tick(1000);
  later.open();
  assert.equal(await next, thread);
});

for (const onCancel of ['cooperate', 'abandon'] as const) {
  test(`a job under onCancel '${onCancel}' keeps its thread, however long it takes`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    holdTime(t);
    const thread = await pool.defer(whichThread);
    const gate = new Gate();
    const call = pool.with({ onCancel, grace: 0 }).defer(passGate, gate.shared);
    await gate.entered();
    call.cancel();
    await errorOf(call, CancelledError);
    const next = pool.defer(whichThread);
    t.mock.timers.tick(1_000_000);
    assert.deepEqual(sizes(pool), { threads: 1, idle: 0, busy: 1, backlog: 1 });
    gate.open();
    assert.equal(await next, thread);
  });

  test(`a waiting call under onCancel '${onCancel}' never runs when it is given up`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const gate = new Gate();
    const counter = sharedInts(1);
    const before = pool.defer(passGate, gate.shared);
    const call = pool.with({ onCancel }).defer(count, counter);
    await gate.entered();
    call.cancel();
    await errorOf(call, CancelledError);
    gate.open();
    await before;
    assert.equal(await pool.defer(add, 1, 2), 3);
    assert.equal(counter[0], 0);
  });

  test(
    `stop with a deadline ends the thread of a job under onCancel '${onCancel}', given up or not`,
    limit,
    async (t) => {
      const pool = poolFor(t);
      const gates = [new Gate(), new Gate()] as const;
      const [first, second] = gates.map(({ shared }) => pool.with({ onCancel }).defer(spinForever, shared));
      for (const gate of gates) await gate.entered();
      first?.cancel();
      await errorOf(first as Deferred<never>, CancelledError);
      const stopped = pool.stop({ deadline: 0 });
      await errorOf(second as Deferred<never>, PoolStoppedError);
      await stopped;
      assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
    },
  );
}

test('no job waits behind one that was given up, nor dies with it', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  // Known to be short, so that others are sent ahead to the threads.
  for (let round = 0; round < 50; round++) await Promise.all([pool.defer(passGateIfAny), pool.defer(add, 1, round)]);
  const gates = [new Gate(), new Gate()] as const;
  const stuck = pool.with({ onCancel: 'cooperate' }).defer(passGateIfAny, gates[0].shared);
  const other = pool.defer(passGateIfAny, gates[1].shared);
  for (const gate of gates) await gate.entered();
  const sums = Array.from({ length: 20 }, (_, index) => pool.defer(add, index, 1));
  stuck.cancel();
  await errorOf(stuck, CancelledError);
  gates[1].open();
  await other;
  assert.deepEqual(
    await Promise.all(sums),
    sums.map((_, index) => index + 1),
  );
});

test('a call that a getter among its arguments cancels does not run, and leaves its thread whole', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  const controller = new AbortController();
  const counter = sharedInts(1);
  const call = pool.with({ signal: controller.signal }).defer(countIn, {
    get counter() {
      controller.abort();
      return counter;
    },
  });
  await errorOf(call, CancelledError);
  assert.equal(await pool.defer(whichThread), thread);
  assert.equal(counter[0], 0);
  assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
});

test('the late result of an earlier job does not save the thread of one that was given up', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // It is known to be short, so that the next is sent ahead.
  for (let round = 0; round < 50; round++) await pool.defer(whichThread);
  const gate = new Gate();
  const thread = pool.defer(whichThread);
  const stuck = pool.with({ grace: 1 }).defer(spinForever, gate.shared);
  // The loop is held up: the first result is there, and not delivered, when the second job is given up.
  Atomics.wait(gate.shared, 0, 0);
  stuck.cancel();
  await errorOf(stuck, CancelledError);
  assert.notEqual(await pool.defer(whichThread), await thread);
});

test('no call of a signal gets a thread while others of it are given up', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  // Nothing runs in the thread, and what it is given has to wait all the same.
  await pool.defer(blockLater, gate.shared);
  // No call is pending that would keep the process.
  const kept = setTimeout(() => {}, limit.timeout);
  await gate.entered();
  clearTimeout(kept);
  const controller = new AbortController();
  const { defer } = pool.with({ signal: controller.signal });
  const counters = [sharedInts(1), sharedInts(1), sharedInts(1)];
  const calls = counters.map((counter) => defer(count, counter));
  assert.equal(pool.calls().filter(({ thread }) => thread !== undefined).length, 1);
  // Whoever hears of one that has ended takes a while, in which the thread can begin what it has.
  const ended = calls.map((call) =>
    call.addErrback((failure) => {
      gate.open();
      const later = performance.now() + 50;
      while (performance.now() < later);
      throw failure.value;
    }),
  );
  const errors = ended.map((call) => errorOf(call, CancelledError));
  controller.abort();
  await Promise.all(errors);
  await pool.stop();
  assert.deepEqual(
    counters.slice(1).map((counter) => counter[0]),
    [0, 0],
  );
});

const blockLater = (gate: Int32Array): void => {
  setImmediate(() => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    Atomics.wait(gate, 1, 0);
  });
};

test('a signal of another make than Node’s gives a call, an iteration, a task and a Deferred up', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const reason = new Error('the client hung up');
  for (const isAbortedBefore of [false, true]) {
    const controller = new ForeignController();
    const { signal } = controller;
    if (isAbortedBefore) controller.abort(reason);
    const view = pool.with({ signal });
    const givenUp = [
      view.defer(whichThread),
      ensureDeferred(view.iterate(endless).next()),
      cooperate(endless(), { signal }).whenDone(),
      new Deferred<void>().cancelOn(signal),
    ].map((call) => errorOf(call, Error));
    if (!isAbortedBefore) controller.abort(reason);
    for (const error of await Promise.all(givenUp)) assert.equal(error.cause, reason);
  }
});

function* endless(): Generator<undefined> {
  for (;;) yield undefined;
}
