import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { type Deferred, InvalidArgumentError } from 'heddle/defer';
import { createReactor, reactor } from 'heddle/reactor';
import {
  ask,
  type CallOptions,
  deferToThread,
  deferToThreadPool,
  CallableError,
  PoolStoppedError,
  type StopOptions,
  ThreadPool,
  type ThreadPoolOptions,
} from 'heddle/threads';
import { askFor } from '../../fixtures/threads/calls-out.ts';
import { answerThenThrow } from '../../fixtures/threads/faults.ts';
import { add, neverSettle, note, passGate, spinForever, whichThread } from '../../fixtures/threads/jobs.ts';
import { nestedSum } from '../../fixtures/threads/nested.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { sizes } from '../../support/sizes.ts';

const limit = { timeout: 30_000 };

/** Waits for events, not for time, until `reached` holds. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
}

test('a pool has no thread before its first call, and makes them as there is work, up to max', limit, async (t) => {
  const pool = poolFor(t, { max: 3 });
  assert.equal(pool.statistics().threads, 0);
  const gates = Array.from({ length: 5 }, () => new Gate());
  const threads: number[] = [];
  const calls = gates.map((gate, n) => {
    const call = pool.defer(passGate, gate.shared);
    threads.push(pool.statistics().threads);
    assert.equal(pool.statistics().backlog, Math.max(0, n - 2));
    return call;
  });
  assert.deepEqual(threads, [1, 2, 3, 3, 3]);
  for (const gate of gates) gate.open();
  assert.equal(new Set(await Promise.all(calls)).size <= 3, true);
  assert.deepEqual(sizes(pool), { threads: 3, idle: 3, busy: 0, backlog: 0 });
});

test('an idle thread is used before another is made', limit, async (t) => {
  const pool = poolFor(t, { max: 4 });
  const threads = new Set<number>();
  for (let n = 0; n < 10; n++) threads.add(await pool.defer(whichThread));
  assert.equal(threads.size, 1);
  assert.equal(pool.statistics().threads, 1);
});

test('calls run in the order in which they were made', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const log = sharedInts(101);
  await Promise.all(Array.from({ length: 100 }, (_, n) => pool.defer(note, log, n)));
  assert.deepEqual(
    [...log.subarray(1)],
    Array.from({ length: 100 }, (_, n) => n),
  );
});

test('calls that leave the queue leave the order of the others alone', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const log = sharedInts(11);
  const first = pool.defer(passGate, gate.shared);
  const calls = Array.from({ length: 10 }, (_, n) => pool.defer(note, log, n));
  const left = [0, 9, 4, 5].map((n) => calls[n]!);
  const failures = left.map(failureOf);
  for (const call of left) call.cancel();
  assert.equal(pool.statistics().backlog, 6);
  gate.open();
  await first;
  await Promise.all(calls.filter((call) => !left.includes(call)));
  await Promise.all(failures);
  assert.deepEqual([...log], [6, 1, 2, 3, 6, 7, 8, 0, 0, 0, 0]);
});

test('start() makes min threads, which stay when others end', limit, async (t) => {
  const pool = poolFor(t, { min: 2, max: 4, idleTimeout: 0 });
  assert.equal(pool.statistics().threads, 0);
  pool.start();
  pool.start();
  assert.deepEqual(sizes(pool), { threads: 2, idle: 2, busy: 0, backlog: 0 });
  const gates = Array.from({ length: 4 }, () => new Gate());
  const calls = gates.map((gate) => pool.defer(passGate, gate.shared));
  assert.equal(pool.statistics().threads, 4);
  // A call whose thread still starts may go to another, and the thread would stay unused.
  await Promise.all(gates.map((gate) => gate.entered()));
  for (const gate of gates) gate.open();
  const used = await Promise.all(calls);
  await until(() => pool.statistics().threads === 2);
  // Had one of the two ended as well, another would be there in its place.
  const last = await Promise.all([pool.defer(whichThread), pool.defer(whichThread)]);
  assert.ok(last.every((thread) => used.includes(thread)));
});

test('a thread of the minimum that is ended by a cancel is replaced at once', limit, async (t) => {
  const pool = poolFor(t, { min: 1, max: 1 });
  const gate = new Gate();
  const running = pool.defer(spinForever, gate.shared);
  await gate.entered();
  running.cancel();
  await until(() => pool.statistics().idle === 1);
  const starting = pool.defer(add, 1, 2);
  starting.cancel();
  await until(() => pool.statistics().idle === 1);
  assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
  await Promise.all([failureOf(running), failureOf(starting)]);
});

test('a thread that has been idle for idleTimeout ends, and the next call makes another', limit, async (t) => {
  const pool = poolFor(t, { max: 2, idleTimeout: 1 });
  const thread = await pool.defer(whichThread);
  await until(() => pool.statistics().threads === 0);
  assert.notEqual(await pool.defer(whichThread), thread);
});

test('idle threads stay without end when idleTimeout is Infinity', limit, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pool = poolFor(t, { max: 1, idleTimeout: Number.POSITIVE_INFINITY });
  const thread = await pool.defer(whichThread);
  t.mock.timers.tick(2 ** 31 - 1);
  assert.equal(await pool.defer(whichThread), thread);
});

test(
  'of threads that took the places of absent ones, no more than max stay when idleTimeout is Infinity',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 2, idleTimeout: Number.POSITIVE_INFINITY });
    const nested = async (depth: number): Promise<number> => {
      if (depth === 0) return 0;
      const question = ask((n: number) => nested(n - 1));
      return (await pool.defer(askFor<number>, depth, question)) + 1;
    };
    assert.equal(await nested(5), 5);
    assert.equal(pool.statistics().threads, 5);
    await until(() => pool.statistics().threads === 2);
    assert.deepEqual(sizes(pool), { threads: 2, idle: 2, busy: 0, backlog: 0 });
  },
);

test('statistics count the threads that are about to end, but not as busy', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = failureOf(pool.defer(spinForever, gate.shared).addErrback(() => Promise.reject(sizes(pool))));
  await gate.entered();
  assert.deepEqual(sizes(pool), { threads: 1, idle: 0, busy: 1, backlog: 0 });
  const stopped = pool.stop({ deadline: 0 });
  assert.deepEqual(await running, { threads: 1, idle: 0, busy: 0, backlog: 0 });
  await stopped;
  assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
});

test('a pool may be stopped twice, and once more when it is gone', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  const stops = [pool.stop(), pool.stop()];
  assert.ok(stops.every((stopped) => !stopped.called));
  gate.open();
  await running;
  await Promise.all(stops);
  await pool.stop();
  assert.equal(pool.statistics().threads, 0);
});

test(
  'a stop that somebody has fired by hand keeps the pool from nothing, and nobody from learning of its end',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const gate = new Gate();
    const running = pool.defer(passGate, gate.shared);
    const first = pool.stop();
    first.callback();
    const second = pool.stop();
    gate.open();
    await running;
    await second;
    assert.equal(pool.statistics().threads, 0);
  },
);

test('a second stop may bring the deadline that the first had not', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = errorOf(pool.defer(spinForever, gate.shared), PoolStoppedError);
  await gate.entered();
  const first = pool.stop();
  await pool.stop({ deadline: 0 });
  await first;
  await running;
});

test('a pool that was never used, or whose threads are still starting, can be stopped', limit, async () => {
  await new ThreadPool().stop();
  const pool = new ThreadPool({ min: 2, max: 2 });
  pool.start();
  await pool.stop();
  assert.equal(pool.statistics().threads, 0);
  assert.throws(() => pool.start(), PoolStoppedError);
});

test('await using stops the pool when its calls are done', limit, async () => {
  const pool = new ThreadPool({ max: 1 });
  const call = pool.defer(add, 1, 2);
  await pool[Symbol.asyncDispose]();
  assert.equal(call.called, true);
  assert.equal(await call, 3);
  assert.equal(pool.statistics().threads, 0);
});

test('the default is a thread for every processor, at least two, and none that stays', () => {
  const pool = new ThreadPool();
  assert.deepEqual(
    { name: pool.name, min: pool.min, max: pool.max },
    { name: 'heddle', min: 0, max: Math.max(2, availableParallelism()) },
  );
  assert.equal(new ThreadPool({ min: 100 }).max, 100);
});

test('a bad option is refused by its name, its value and what it should be', () => {
  const count = (from: number): string => `a whole number from ${from} on`;
  const duration = 'a number of milliseconds, 0 or more, or Infinity';
  const pools: [unknown, string][] = [
    [{ min: -1 }, `The option min of a thread pool must be ${count(0)}, not -1.`],
    [{ max: 0 }, `The option max of a thread pool must be ${count(1)}, not 0.`],
    [{ max: 1.5 }, `The option max of a thread pool must be ${count(1)}, not 1.5.`],
    [{ max: Number.POSITIVE_INFINITY }, `The option max of a thread pool must be ${count(1)}, not Infinity.`],
    [{ max: '4' }, `The option max of a thread pool must be ${count(1)}, not '4'.`],
    [{ min: 3, max: 2 }, "The thread pool's option min (3) is more than max (2)."],
    [{ name: '' }, "The option name of a thread pool must be a string that is not empty, not ''."],
    [{ name: 7 }, 'The option name of a thread pool must be a string that is not empty, not 7.'],
    [{ idleTimeout: Number.NaN }, `The option idleTimeout of a thread pool must be ${duration}, not NaN.`],
    [{ idleTimeout: -1 }, `The option idleTimeout of a thread pool must be ${duration}, not -1.`],
    [
      { resourceLimits: { maxOldGenerationSizeMB: 64 } },
      'The option resourceLimits of a thread pool must be an object of limits, which are maxOldGenerationSizeMb, maxYoungGenerationSizeMb, codeRangeSizeMb, stackSizeMb, not { maxOldGenerationSizeMB: 64 }.',
    ],
    [
      { resourceLimits: { maxYoungGenerationSizeMb: '16' } },
      "The option resourceLimits of a thread pool must be an object of limits, with a maxYoungGenerationSizeMb of 0 or more, not { maxYoungGenerationSizeMb: '16' }.",
    ],
    [{ resourceLimits: 4 }, 'The option resourceLimits of a thread pool must be an object of limits, not 4.'],
    [
      { resourceLimits: { stackSizeMb: 0.1 } },
      'The option resourceLimits of a thread pool must be an object of limits, with a stackSizeMb of 0.5 or more, not { stackSizeMb: 0.1 }.',
    ],
    [
      { resourceLimits: { maxOldGenerationSizeMb: 1 } },
      'The option resourceLimits of a thread pool must be an object of limits, with a maxOldGenerationSizeMb of 4 or more, not { maxOldGenerationSizeMb: 1 }.',
    ],
    [{ maxCrashes: 0 }, `The option maxCrashes of a thread pool must be ${count(1)}, or Infinity, not 0.`],
    [
      { maxCallsPerThread: 0.5 },
      `The option maxCallsPerThread of a thread pool must be ${count(1)}, or Infinity, not 0.5.`,
    ],
    [
      { maxThreadMemory: '64 MB' },
      "The option maxThreadMemory of a thread pool must be a number of bytes, more than 0, or Infinity, not '64 MB'.",
    ],
    [
      { maxThreads: 4 },
      "A thread pool has no option 'maxThreads'; its options are name, min, max, idleTimeout, maxQueue, maxCrashes, maxCallsPerThread, maxThreadMemory, resourceLimits, env, execArgv, initThread, nice, concurrency, stacks.",
    ],
    [null, 'The options of a thread pool must be an object, not null.'],
  ];
  for (const [options, message] of pools) assertRefused(() => new ThreadPool(options as ThreadPoolOptions), message);

  const pool = new ThreadPool();
  const calls: [unknown, string][] = [
    [{ timeout: '5' }, `The option timeout of a call must be ${duration}, not '5'.`],
    [{ timeout: -1 }, `The option timeout of a call must be ${duration}, not -1.`],
    [{ signal: new AbortController() }, 'The option signal of a call must be an AbortSignal, not AbortController'],
    [
      { abort: 1 },
      "A call has no option 'abort'; its options are signal, timeout, onCancel, grace, queueTimeout, runTimeout, priority, key, buffer, stacks.",
    ],
    [5, 'The options of a call must be an object, not 5.'],
  ];
  for (const [options, message] of calls) {
    assertRefused(() => pool.with(options as CallOptions), message);
    assertRefused(() => deferToThread.with(options as CallOptions), message);
  }
  assertRefused(
    () => pool.stop({ deadline: -5 } as StopOptions),
    `The option deadline of a stop must be ${duration}, not -5.`,
  );
  assert.doesNotThrow(() => pool.with({ signal: undefined, timeout: undefined }));
});

test('a stop that is refused leaves the pool running', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.throws(() => pool.stop({ deadline: Number.NaN }), InvalidArgumentError);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('no call fires in the turn in which it was made, whatever becomes of it', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const stopped = new ThreadPool();
  await stopped.stop();
  await pool.defer(add, 1, 2);
  const calls = [
    pool.defer(add, 1, 2),
    pool.defer(add, 1, Symbol('unsendable') as never),
    pool.defer((() => 1) as typeof add, 1, 2),
    pool.defer(7 as unknown as typeof add, 1, 2),
    pool.with({ signal: AbortSignal.abort() }).defer(add, 1, 2),
    pool.with({ timeout: 0 }).defer(neverSettle, sharedInts(2)),
    stopped.defer(add, 1, 2),
  ];
  const fired = calls.map((call) => call.called);
  const turns = calls.map((call) => new Promise<boolean>((resolve) => call.addBoth(() => resolve(madeBefore))));
  const madeBefore = true;
  assert.ok(fired.every((called) => !called));
  assert.deepEqual(
    await Promise.all(turns),
    calls.map(() => true),
  );
});

test('callbacks run in the thread of the caller', limit, async (t) => {
  const pool = poolFor(t);
  const there = await pool.defer(whichThread).addCallback((thread) => ({ thread, callback: threadId }));
  assert.notEqual(there.thread, threadId);
  assert.equal(there.callback, threadId);
});

test("callbacks and what follows an await see the caller's AsyncLocalStorage", limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const storage = new AsyncLocalStorage<string>();
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      storage.run(name, async () => {
        const inCallback: (string | undefined)[] = [];
        const call = pool.defer(add, 1, 2);
        call.addCallback(() => inCallback.push(storage.getStore()));
        call.addErrback(() => {});
        const failing = pool.defer(add, 1, Symbol('unsendable') as never);
        failing.addErrback(() => inCallback.push(storage.getStore()));
        await call;
        await failing;
        return [...inCallback, storage.getStore()];
      }),
    ),
  );
  assert.deepEqual(seen, [
    ['a', 'a', 'a'],
    ['b', 'b', 'b'],
    ['c', 'c', 'c'],
  ]);
});

test('a thread does not keep the AsyncLocalStorage of the call that it was made for', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const storage = new AsyncLocalStorage<string>();
  const seen = new Promise((resolve) => {
    process.once('warning', () => resolve(storage.getStore()));
  });
  const hold = setInterval(() => {}, 1000);
  t.after(() => clearInterval(hold));
  // What the thread itself has to tell later belongs to no call.
  storage.run('the first call', () => pool.callInThread(answerThenThrow, 'an afterthought'));
  assert.equal(await seen, undefined);
});

test('deferToThreadPool with a reactor first, as in Twisted, or anything but a pool fails, and says what it takes', async () => {
  const defer = deferToThreadPool as (...args: unknown[]) => Deferred<unknown>;
  for (const first of [reactor, undefined, null, 'pool']) {
    const error = await errorOf(defer(first, reactor.getThreadPool(), add, 1, 2), InvalidArgumentError);
    assert.match(
      error.message,
      /^deferToThreadPool takes a pool, then the function and its arguments, and no reactor: /,
    );
  }
});

test('deferToThreadPool is the defer of the pool, deferToThread that of the pool of the reactor', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal(await deferToThreadPool(pool, whichThread), await pool.defer(whichThread));
  assert.equal(reactor.getThreadPool(), reactor.getThreadPool());
  const before = reactor.getThreadPool().statistics().threads;
  assert.equal(await deferToThread(add, 1, 2), 3);
  assert.ok(reactor.getThreadPool().statistics().threads >= Math.max(1, before));
  assert.notEqual(createReactor().getThreadPool(), reactor.getThreadPool());
});

test('a chain of calls, each made in the callback of the one before, uses one thread', limit, async (t) => {
  const pool = poolFor(t, { max: 4 });
  let chain = pool.defer(add, 0, 0);
  for (let n = 0; n < 50; n++) chain = chain.addCallback((sum) => pool.defer(add, sum, 1));
  assert.equal(await chain, 50);
  assert.equal(pool.statistics().threads, 1);
});

test('a pool is usable from its own callbacks while it is being stopped', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const call = pool.defer(add, 1, 2).addCallback(() => pool.stop());
  await call;
  assert.equal(pool.statistics().threads, 0);
});

test('deferToThread works inside a thread, in threads of its own', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const outer = await pool.defer(whichThread);
  const { sum, inner } = await pool.defer(nestedSum, 40, 2);
  assert.equal(sum, 42);
  assert.ok(inner !== outer && inner !== threadId);
});

test('a call whose timeout passes while it waits in line is taken out of it', limit, async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const first = pool.defer(passGate, gate.shared);
  const late = failureOf(pool.with({ timeout: 1000 }).defer(add, 1, 2));
  assert.equal(pool.statistics().backlog, 1);
  t.mock.timers.tick(1000);
  assert.equal(pool.statistics().backlog, 0);
  assert.match(String(await late), /TimeoutError: add had no result within 1000 ms/);
  gate.open();
  await first;
});

function assertRefused(act: () => unknown, message: string): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof InvalidArgumentError);
    assert.equal(error.code, 'HEDDLE_INVALID_ARGUMENT');
    assert.equal(error.message.slice(0, message.length), message);
    return true;
  });
}

test('a thread that has begun its job before it was heard of is left to it', limit, async (t) => {
  const warm = new Gate();
  warm.open();
  await poolFor(t).defer(passGate, warm.shared);
  const { unknownSoFar } = await import('../../fixtures/threads/unknown-so-far.ts');

  const pool = poolFor(t, { max: 2 });
  const searched = pool.defer(unknownSoFar, sharedInts(1));
  const gate = new Gate();
  const running = pool.defer(passGate, gate.shared);
  // The loop is held up while the second thread starts and begins.
  Atomics.wait(gate.shared, 0, 0);
  // This leaves the first thread idle, which could take what the second has not begun.
  searched.cancel();
  await failureOf(searched);
  assert.deepEqual(sizes(pool), { threads: 2, idle: 1, busy: 1, backlog: 0 });
  gate.open();
  await running;
});

test('the first thread starts in the turn of the first call, while it is looked for how it gets the function', async (t) => {
  const pool = poolFor(t);
  // Made here: nobody has looked for it.
  const own = (n: number): number => n + 1;
  const call = pool.defer(own, 1);
  assert.equal(pool.statistics().threads, 1);
  assert.equal(await call, 2);
  assert.equal(pool.statistics().threads, 1);
});

test('a thread that has started for a call which was refused ends like any other that is idle', async (t) => {
  const pool = poolFor(t, { idleTimeout: 0 });
  let calls = 0;
  await errorOf(
    pool.defer(() => (calls += 1)),
    CallableError,
  );
  while (pool.statistics().threads > 0) await nextTurn();
  assert.equal(calls, 0);
});
