import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { TimeoutError } from 'heddle/defer';
import { CallableError, PoolStoppedError, ThreadExitError, type ThreadPool, UnclonableError } from 'heddle/threads';
import * as faults from '../fixtures/threads/faults.ts';
import { add, identity, neverSettle, passGate, spinForever, whichThread } from '../fixtures/threads/jobs.ts';
import { brokenFunction } from '../support/broken-module.ts';
import { errorOf, failureOf } from '../support/failure-of.ts';
import { Gate, sharedInts } from '../support/gate.ts';
import { poolFor } from '../support/pools.ts';
import { sizes } from '../support/sizes.ts';

const limit = { timeout: 30_000 };

async function assertUsable(pool: ThreadPool): Promise<void> {
  assert.equal(await pool.defer(add, 1, 2), 3);
  const { backlog, busy } = pool.statistics();
  assert.deepEqual({ backlog, busy }, { backlog: 0, busy: 0 });
}

test('a value arrives', limit, async (t) => {
  const pool = poolFor(t);
  assert.equal(await pool.defer(add, 40, 2), 42);
});

test('what is thrown arrives as it is, undefined included, and costs the thread nothing', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  for (const thrown of [undefined, null, 'text', '', 0, -0, Number.NaN, 12n, false, ['list'], { plain: [1] }]) {
    assert.deepStrictEqual(await failureOf(pool.defer(faults.throwValue, thrown)), thrown);
    assert.deepStrictEqual(await failureOf(pool.defer(faults.rejectValue, thrown)), thrown);
  }
  assert.equal(await failureOf(pool.defer(faults.throwUndefined)), undefined);
  assert.match(String(await failureOf(pool.defer(faults.throwFunction))), /not cloneable.*lostFunction/);
  assert.equal(await pool.defer(whichThread), thread);
});

for (const code of [0, 7]) {
  test(`process.exit(${code}) in the job fails the call, and the pool goes on`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const error = await errorOf(pool.defer(faults.exit, code), ThreadExitError);
    assert.equal(error.exitCode, code);
    assert.equal(error.code, 'HEDDLE_THREAD_EXIT');
    assert.match(error.message, new RegExp(`ran exit ended with exit code ${code}`));
    await assertUsable(pool);
  });
}

test('process.exit() while the promise of the job is pending fails the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal((await errorOf(pool.defer(faults.exitLater, 3), ThreadExitError)).exitCode, 3);
  await assertUsable(pool);
});

test('an uncaught error in the thread fails the call and is its cause', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(faults.throwLater, 'out of nowhere'), ThreadExitError);
  assert.ok(error.cause instanceof TypeError);
  assert.equal(error.cause.message, 'out of nowhere');
  assert.match(error.message, /throwLater ended by an uncaught error \(out of nowhere\)/);
  await assertUsable(pool);
});

test('an uncaught value that cannot be printed fails the call all the same', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(faults.throwUnprintableLater), ThreadExitError);
  assert.deepEqual(error.cause, { toString: 1, valueOf: 1 });
  await assertUsable(pool);
});

test('an unhandled rejection in the thread fails the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(faults.rejectUnheard, 'unheard'), ThreadExitError);
  assert.match(error.message, /unheard/);
  await assertUsable(pool);
});

test('a thread that runs out of memory fails its call, which says so', limit, async (t) => {
  const pool = poolFor(t, { max: 1, resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 } });
  const error = await errorOf(pool.defer(faults.exhaustMemory), ThreadExitError);
  assert.match(error.message, /exhaustMemory ended because it ran out of memory/);
  assert.equal((error.cause as NodeJS.ErrnoException).code, 'ERR_WORKER_OUT_OF_MEMORY');
  await assertUsable(pool);
});

test(
  'threads whose limits let none of them start fail every call, and are not made again for ever',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 1, max: 1, resourceLimits: { maxOldGenerationSizeMb: 4 } });
    const calls = Array.from({ length: 3 }, () => failureOf(pool.defer(add, 1, 2)));
    for (const error of await Promise.all(calls)) assert.ok(error instanceof ThreadExitError);
    await pool.stop();
    assert.equal(pool.statistics().threads, 0);
  },
);

test('a job that exhausts the stack fails, and its thread stays', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  await errorOf(pool.defer(faults.exhaustStack), RangeError);
  assert.equal(await pool.defer(whichThread), thread);
});

test('an argument that cannot be cloned costs neither the thread nor its slot', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  const error = await errorOf(pool.defer(identity<unknown>, { a: [new (class User {})()] }), UnclonableError);
  assert.equal(error.code, 'HEDDLE_UNCLONABLE');
  assert.match(error.message, /^args\[0\]\.a\[0\]: User cannot be sent/);
  assert.equal(await pool.defer(whichThread), thread);
});

test('an argument that only structured clone finds fault with costs neither thread nor slot', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  const detached = faults.giveDetached();
  const throwing = faults.giveThrowingGetter();
  const tooDeep = faults.giveTooDeep();
  for (const argument of [detached, throwing, tooDeep]) {
    const error = await errorOf(pool.defer(identity<unknown>, argument), UnclonableError);
    assert.match(error.message, /^The arguments of identity cannot be sent to another thread: ./);
    assert.ok(error.cause instanceof Error);
  }
  assert.equal(await pool.defer(whichThread), thread);
});

test('ten thousand waiting calls whose arguments cannot be sent are each refused', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const first = pool.defer(passGate, gate.shared);
  const refused = Array.from({ length: 10_000 }, () => failureOf(pool.defer(identity<unknown>, new WeakMap())));
  const last = pool.defer(add, 1, 2);
  await gate.entered();
  gate.open();
  await first;
  for (const error of await Promise.all(refused)) {
    assert.ok(error instanceof UnclonableError);
    assert.match(error.message, /^args\[0\]: WeakMap/);
  }
  assert.equal(await last, 3);
});

test('a call that is cancelled by a getter among its arguments never runs', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const first = pool.defer(passGate, gate.shared);
  const cancelsItself = {
    get value(): number {
      call.cancel();
      return 1;
    },
  };
  const call = pool.defer(identity<unknown>, cancelsItself);
  gate.open();
  await first;
  assert.equal(((await failureOf(call)) as NodeJS.ErrnoException).code, 'ABORT_ERR');
  await assertUsable(pool);
});

test('a result that cannot be cloned costs neither the thread nor its slot', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  const refusals: [() => unknown, RegExp][] = [
    [faults.giveFunctionWithin, /^result\.rows\[1\]\.format: function format cannot be sent/],
    [faults.giveInstance, /^result: Account cannot be sent/],
    [faults.giveThrowingGetter, /^The result cannot be sent .*: the total is not known/],
    [faults.giveDetached, /^The result cannot be sent .*: ./],
    [faults.giveTooDeep, /^The result cannot be sent .*: Maximum call stack size exceeded/],
  ];
  for (const [give, message] of refusals) {
    assert.match((await errorOf(pool.defer(give), UnclonableError)).message, message);
  }
  assert.equal(await pool.defer(whichThread), thread);
});

test('calls that fail before they run leave the functions of their thread known', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal(await pool.defer(add, 1, 2), 3);
  await errorOf(pool.defer(add, 1, Symbol('no number') as unknown as number), UnclonableError);
  await failureOf(pool.defer(brokenFunction('throws-at-import.mjs')));
  assert.equal(await pool.defer(add, 3, 4), 7);
});

test('a promise that never settles ends by its timeout, and frees the place of its thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await errorOf(pool.with({ timeout: 50 }).defer(neverSettle, new Gate().shared), TimeoutError);
  await assertUsable(pool);
});

test('a thenable that settles twice and then throws gives its first value, once', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const values: unknown[] = [];
  const call = pool.defer(faults.giveThenableThatSettlesTwice);
  call.addBoth((value) => values.push(value));
  await call;
  await assertUsable(pool);
  assert.deepEqual(values, ['first']);
});

test('a thenable whose then cannot be read is an error of the job', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(faults.giveThrowingThenable), RangeError);
  assert.equal(error.message, 'then is not to be read');
});

test('a module that throws while it is imported fails the call with its error, each time', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  for (let time = 0; time < 3; time++) {
    const error = await errorOf(pool.defer(brokenFunction('throws-at-import.mjs')), RangeError);
    assert.equal(error.message, 'this module does not want to be loaded');
    const required = (await failureOf(pool.defer(brokenFunction('throws-at-require.cjs')))) as NodeJS.ErrnoException;
    assert.equal(required.code, 'E_NEITHER');
  }
  assert.equal(await pool.defer(whichThread), thread);
});

test('a module with a syntax error fails the call with it', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await errorOf(pool.defer(brokenFunction('syntax-error.mjs')), SyntaxError);
  await assertUsable(pool);
});

test('a module that does not exist fails the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = (await failureOf(pool.defer(brokenFunction('not-there.mjs')))) as NodeJS.ErrnoException;
  assert.equal(error.code, 'ERR_MODULE_NOT_FOUND');
  await assertUsable(pool);
});

test('a module without the function fails the call with what there is instead', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await failureOf(pool.defer(brokenFunction('never-loads.mjs?and-no-such-file')));
  assert.ok(error instanceof Error && !(error instanceof CallableError));
  await assertUsable(pool);
});

test('a module that exits while it is imported fails the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal((await errorOf(pool.defer(brokenFunction('exits-at-import.mjs')), ThreadExitError)).exitCode, 5);
  await assertUsable(pool);
});

for (const file of ['never-loads.mjs', 'spins-at-import.mjs']) {
  test(`an import that hangs ends by the timeout of the call (${file})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    await errorOf(pool.with({ timeout: 100 }).defer(brokenFunction(file)), TimeoutError);
    await assertUsable(pool);
  });
}

test(
  'a thread that is ended while it starts settles its call, and the next thread serves the rest',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const first = pool.defer(add, 1, 1);
    const second = pool.defer(add, 2, 2);
    first.cancel();
    assert.equal(((await failureOf(first)) as NodeJS.ErrnoException).code, 'ABORT_ERR');
    assert.equal(await second, 4);
  },
);

test('work that waits behind a thread that dies goes on in its successor', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const blocking = pool.defer(passGate, gate.shared);
  const dying = failureOf(pool.defer(faults.exit, 9));
  const behind = Array.from({ length: 20 }, (_, n) => pool.defer(add, n, 1));
  gate.open();
  await blocking;
  assert.ok((await dying) instanceof ThreadExitError);
  assert.deepEqual(
    await Promise.all(behind),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test(
  'a thread that dies by what an answered call left behind is reported, and replaced when needed',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const warned = once(process, 'warning');
    // No call is pending while the thread dies, so nothing else would keep the process.
    const hold = setInterval(() => {}, 1000);
    t.after(() => clearInterval(hold));
    assert.equal(await pool.defer(faults.answerThenThrow, 'an afterthought'), 'answered');
    const [warning] = (await warned) as [Error & { code?: string; detail?: string }];
    assert.equal(warning.code, 'HEDDLE_THREAD_EXIT');
    assert.match(warning.message, /an afterthought/);
    assert.match(warning.detail ?? '', /answerThenThrow|faults/);
    await assertUsable(pool);
  },
);

test('a thread that dies while idle costs the call nothing that it was just given', limit, async (t) => {
  const pool = poolFor(t, { min: 1, max: 1 });
  const gate = new Gate();
  const thread = await pool.defer(faults.answerThenExitAtGate, gate.shared);
  const given = pool.defer(whichThread);
  const behind = pool.defer(add, 1, 2);
  gate.open();
  assert.notEqual(await given, thread);
  assert.equal(await behind, 3);
  assert.equal(pool.statistics().threads, 1);
});

test('an answer counts though its thread is gone before it is read', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // From here on both sides know the function, and need not ask for it while this thread is blocked.
  await pool.defer(faults.answerThenExitAtOnce, sharedInts(1));
  for (let time = 0; time < 5; time++) {
    await pool.defer(whichThread);
    await pool.defer(faults.giveInstance).addErrback(() => {});
    const gone = sharedInts(1);
    const call = pool.defer(faults.answerThenExitAtOnce, gone);
    // This thread sees nothing until the other has come to its end, and a little longer.
    assert.notEqual(Atomics.wait(gone, 0, 0, 10_000), 'timed-out');
    Atomics.wait(gone, 0, 1, 20);
    assert.equal(await call, 'answered');
  }
});

test('a call that was given to a dying thread and is cancelled stays cancelled', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  await pool.defer(faults.answerThenExitAtGate, gate.shared);
  const given = pool.defer(whichThread);
  given.cancel();
  gate.open();
  assert.equal(((await failureOf(given)) as NodeJS.ErrnoException).code, 'ABORT_ERR');
  await assertUsable(pool);
});

test('a stopped pool finishes what runs and what waits, and refuses what comes', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  const waiting = pool.defer(add, 1, 2);
  await gate.entered();
  const stopped = pool.stop();
  const refused = await errorOf(pool.defer(add, 3, 4), PoolStoppedError);
  assert.equal(refused.code, 'HEDDLE_POOL_STOPPED');
  assert.match(refused.message, /'heddle' has been stopped and did not take add/);
  assert.equal(stopped.called, false);
  gate.open();
  assert.equal(typeof (await running), 'number');
  assert.equal(await waiting, 3);
  await stopped;
  assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
  await errorOf(pool.defer(add, 3, 4), PoolStoppedError);
});

test('the deadline of a stop fails what runs and what waits, and ends the threads', limit, async (t) => {
  const pool = poolFor(t, { max: 1, name: 'hashing' });
  const gate = new Gate();
  const running = failureOf(pool.defer(spinForever, gate.shared));
  const waiting = failureOf(pool.defer(add, 1, 2));
  await gate.entered();
  const stopped = pool.stop({ deadline: 20 });
  for (const [call, name] of [
    [running, 'spinForever'],
    [waiting, 'add'],
  ] as const) {
    const error = await call;
    assert.ok(error instanceof PoolStoppedError);
    assert.equal(error.message, `The pool 'hashing' was stopped with a deadline of 20 ms, and ${name} was not done.`);
  }
  await stopped;
  assert.equal(pool.statistics().threads, 0);
});
