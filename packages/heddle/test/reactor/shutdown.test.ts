import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from 'heddle/defer';
import { createReactor, ReactorNotRunning, type Reactor, ShutdownTimeoutError } from 'heddle/reactor';
import { MemoryReactor } from 'heddle/testing';
import { bindToThread, deferToThread, iterateInThread, reactor as defaultReactor } from 'heddle';
import { deferToThreadPool, PoolStoppedError, type ThreadPool } from 'heddle/threads';
import { countItems } from '../fixtures/threads/items.ts';
import { add, passGate } from '../fixtures/threads/jobs.ts';
import { reportsOf } from '../support/reported.ts';
import { Gate, sharedInts } from '../support/gate.ts';

/** A running reactor, without the process's signals. */
function started(options: { shutdownTimeout?: number } = {}): { reactor: Reactor<ThreadPool>; stopped: Promise<void> } {
  const reactor = createReactor();
  return { reactor, stopped: reactor.run({ installSignalHandlers: false, ...options }) };
}

test('stop() takes effect in a later turn, and the reactor runs until its before-triggers are done', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const saved = new Deferred<void>();
  const note = (name: string): void => void order.push(`${name} ${reactor.running}`);
  reactor.addSystemEventTrigger('after', 'shutdown', note, 'after');
  reactor.addSystemEventTrigger('during', 'shutdown', note, 'during');
  reactor.addSystemEventTrigger('before', 'shutdown', () => {
    note('before');
    return saved;
  });
  reactor.addSystemEventTrigger('before', 'shutdown', note, 'before too');
  const stopped = reactor.run();
  reactor.stop();
  assert.deepEqual(order, []);
  reactor.advance(0);
  assert.deepEqual(order, ['before true', 'before too true']);
  reactor.callLater(5, note, 'delayed');
  reactor.advance(5);
  saved.callback();
  assert.deepEqual(order.slice(2), ['delayed true', 'during false', 'after false']);
  await stopped;
});

test('a before-trigger may return a promise, and is waited for', async () => {
  const { reactor, stopped } = started();
  const order: string[] = [];
  reactor.addSystemEventTrigger('before', 'shutdown', async () => {
    await new Promise<void>((resolve) => reactor.callLater(1, resolve));
    order.push('saved');
  });
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  reactor.stop();
  await stopped;
  assert.deepEqual(order, ['saved', 'during']);
});

test('a before-trigger that is added during the wait runs and is waited for as well', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const [first, second] = [new Deferred<void>(), new Deferred<void>()];
  reactor.addSystemEventTrigger('before', 'shutdown', () => first);
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  const stopped = reactor.run();
  reactor.stop();
  reactor.advance(0);
  reactor.addSystemEventTrigger('before', 'shutdown', () => {
    order.push('late');
    return second;
  });
  first.callback();
  assert.deepEqual(order, ['late']);
  second.callback();
  assert.deepEqual(order, ['late', 'during']);
  await stopped;
});

test('before-triggers that fail are waited for and reported, and the shutdown goes on', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  const saved = new Deferred<void>();
  const order: string[] = [];
  reactor.addSystemEventTrigger('before', 'shutdown', function open() {
    throw new Error('thrown');
  });
  reactor.addSystemEventTrigger('before', 'shutdown', function save() {
    return saved;
  });
  for (const phase of ['during', 'after'] as const) {
    reactor.addSystemEventTrigger(phase, 'shutdown', function tidy() {
      throw new Error(phase);
    });
    reactor.addSystemEventTrigger(phase, 'shutdown', () => order.push(phase));
  }
  const stopped = reactor.run();
  reactor.stop();
  reactor.advance(0);
  saved.errback(new Error('disk full'));
  await stopped;
  assert.deepEqual(order, ['during', 'after']);
  assert.deepEqual(reports, [
    'open (before shutdown): thrown',
    'save (before shutdown): disk full',
    'tidy (during shutdown): during',
    'tidy (after shutdown): after',
  ]);
});

test('a before-trigger whose promise is no good thenable cannot hold up or hurry the shutdown', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  const order: string[] = [];
  const saved = new Deferred<void>();
  reactor.addSystemEventTrigger('before', 'shutdown', () => ({
    // biome-ignore lint/suspicious/noThenProperty: a thenable that breaks the rules is what this test is about
    get then(): never {
      throw new Error('no then');
    },
  }));
  reactor.addSystemEventTrigger('before', 'shutdown', () => ({
    // biome-ignore lint/suspicious/noThenProperty: as above
    then(resolve: (value: unknown) => void): void {
      resolve(1);
      resolve(2);
    },
  }));
  reactor.addSystemEventTrigger('before', 'shutdown', () => saved);
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  const stopped = reactor.run();
  reactor.stop();
  reactor.advance(0);
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  saved.callback();
  await stopped;
  assert.deepEqual(order, ['during']);
  assert.deepEqual(reports, ['an anonymous function (before shutdown): no then']);
});

test('stop() when the reactor does not run, or is stopping already, throws ReactorNotRunning', async () => {
  const reactor = new MemoryReactor();
  assert.throws(() => reactor.stop(), ReactorNotRunning);
  const stopped = reactor.run();
  reactor.stop();
  assert.throws(() => reactor.stop(), /^ReactorNotRunning: The reactor is stopping already/);
  reactor.advance(0);
  await stopped;
  assert.throws(() => reactor.stop(), /^ReactorNotRunning: The reactor does not run; it cannot stop/);
  assert.throws(() => reactor.crash(), ReactorNotRunning);
});

test('triggers during and after the shutdown can neither stop, crash nor run the reactor', async () => {
  const reactor = new MemoryReactor();
  const errors: unknown[] = [];
  const attempt = (f: () => unknown): void => {
    try {
      f();
    } catch (error) {
      errors.push((error as Error).name);
    }
  };
  let again: Promise<void> | undefined;
  reactor.addSystemEventTrigger('during', 'shutdown', () => {
    attempt(() => reactor.stop());
    attempt(() => reactor.crash());
    again = reactor.run();
    again.catch(() => undefined);
  });
  const stopped = reactor.run();
  reactor.stop();
  reactor.advance(0);
  await stopped;
  assert.deepEqual(errors, ['ReactorNotRunning', 'ReactorNotRunning']);
  await assert.rejects(again as Promise<void>, { name: 'ReactorAlreadyRunning' });
});

test('delayed calls that are left when the reactor stops are never made', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const stopped = reactor.run();
  const call = reactor.callLater(10, () => order.push('never'));
  reactor.stop();
  reactor.advance(0);
  await stopped;
  reactor.advance(10);
  assert.deepEqual(order, []);
  assert.equal(call.active(), false);
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('crash() stops at once, without triggers and without delayed calls', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  for (const phase of ['before', 'during', 'after'] as const) {
    reactor.addSystemEventTrigger(phase, 'shutdown', () => order.push(phase));
  }
  const stopped = reactor.run();
  reactor.callLater(1, () => order.push('delayed'));
  reactor.crash();
  assert.equal(reactor.running, false);
  await stopped;
  reactor.advance(1);
  assert.deepEqual(order, []);
});

test('crash() ends a shutdown that waits, and its rest does not touch the next run', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const saved = new Deferred<void>();
  reactor.addSystemEventTrigger('before', 'shutdown', () => saved);
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  const crashed = reactor.run({ shutdownTimeout: 50 });
  reactor.stop();
  reactor.advance(0);
  reactor.crash();
  await crashed;
  const stopped = reactor.run();
  saved.callback();
  reactor.advance(100);
  assert.deepEqual(order, []);
  assert.equal(reactor.running, true);
  reactor.stop();
  reactor.advance(0);
  await stopped;
  assert.deepEqual(order, ['during']);
});

test('a call in a thread goes on over a crash and delivers its result', { timeout: 30_000 }, async () => {
  const { reactor, stopped } = started();
  const gate = new Gate();
  const result = reactor.getThreadPool().defer(passGate, gate.shared);
  await gate.entered();
  reactor.crash();
  await stopped;
  gate.open();
  assert.equal(typeof (await result), 'number');
});

test('calls in threads, running and waiting, deliver their results before the triggers during the shutdown', {
  timeout: 30_000,
}, async () => {
  const { reactor, stopped } = started();
  reactor.suggestThreadPoolSize(1);
  const gate = new Gate();
  const order: unknown[] = [];
  const pool = reactor.getThreadPool();
  pool.defer(passGate, gate.shared).addCallback(() => void order.push('through the gate'));
  pool.defer(add, 21, 21).addCallback((value) => void order.push(value));
  reactor.addSystemEventTrigger('before', 'shutdown', () => {
    order.push('before');
    pool.defer(add, 4, 4).addCallback((value) => void order.push(value));
  });
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  await gate.entered();
  reactor.stop();
  reactor.callFromThread(() => gate.open());
  await stopped;
  assert.deepEqual(order, ['before', 'through the gate', 42, 8, 'during']);
});

test('deferToThread works from triggers during and after the shutdown', { timeout: 30_000 }, async (t) => {
  const { reactor, stopped } = started();
  t.after(() => reactor.getThreadPool().stop({ deadline: 0 }));
  assert.equal(await reactor.getThreadPool().defer(add, 1, 1), 2);
  const results: PromiseLike<number>[] = [];
  for (const phase of ['during', 'after'] as const) {
    reactor.addSystemEventTrigger(phase, 'shutdown', () => {
      results.push(deferToThreadPool(reactor.getThreadPool(), add, 5, 5));
    });
  }
  reactor.stop();
  await stopped;
  assert.deepEqual(await Promise.all(results), [10, 10]);
});

test('the pool is open again in the next run', { timeout: 30_000 }, async () => {
  const reactor = createReactor();
  for (const n of [1, 2]) {
    const stopped = reactor.run({ installSignalHandlers: false });
    assert.equal(await reactor.getThreadPool().defer(add, n, n), n * 2);
    reactor.stop();
    await stopped;
  }
});

test('calls under options go on in the pool of the next run', { timeout: 30_000 }, async () => {
  const options = { timeout: 25_000 };
  const [defer, iterate, bind] = [deferToThread, iterateInThread, bindToThread].map((way) => way.with(options)) as [
    typeof deferToThread,
    typeof iterateInThread,
    typeof bindToThread,
  ];
  for (const n of [1, 2]) {
    const stopped = defaultReactor.run({ installSignalHandlers: false });
    assert.equal(await defer(add, n, n), 2 * n);
    for await (const item of iterate(countItems, 2, sharedInts(2))) assert.ok(item <= 2);
    await using list = bind(Array<number>, n);
    assert.equal(await list.defer((numbers) => numbers.length), n);
    await list[Symbol.asyncDispose]();
    defaultReactor.stop();
    await stopped;
  }
  assert.throws(() => deferToThread.with({ timeout: -1 }), { code: 'HEDDLE_INVALID_ARGUMENT' });
});

test('a before-trigger that never ends is given up after shutdownTimeout, and named', async () => {
  const reactor = new MemoryReactor();
  const errors: unknown[] = [];
  const order: string[] = [];
  reactor.onError = (error, origin) => errors.push(error, origin);
  const first = new Deferred<void>();
  // Two of the same name, of which one ends.
  for (const returned of [first, new Deferred<void>()]) {
    reactor.addSystemEventTrigger('before', 'shutdown', function flush() {
      return returned;
    });
  }
  reactor.addSystemEventTrigger('after', 'shutdown', () => order.push('after'));
  const stopped = reactor.run({ shutdownTimeout: 1_000 });
  reactor.stop();
  reactor.advance(0);
  first.callback();
  reactor.advance(999);
  assert.equal(errors.length, 0);
  reactor.advance(1);
  await stopped;
  const [error, origin] = errors;
  assert.ok(error instanceof ShutdownTimeoutError);
  assert.deepEqual(error.waitingFor, ['flush (before shutdown)']);
  assert.match(error.message, /within 1000 ms\. It was waiting for flush \(before shutdown\)\.$/);
  assert.equal(origin, 'shutdown');
  assert.deepEqual(order, ['after']);
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('running and waiting calls in threads are named when the shutdown takes too long, and fail with PoolStoppedError', {
  timeout: 30_000,
}, async () => {
  const { reactor, stopped } = started({ shutdownTimeout: 20 });
  reactor.suggestThreadPoolSize(1);
  const pool = reactor.getThreadPool();
  const gate = new Gate();
  const reported = new Promise<unknown>((resolve) => {
    reactor.onError = resolve;
  });
  const settled = Promise.allSettled([pool.defer(passGate, gate.shared), pool.defer(add, 1, 1), pool.defer(add, 2, 2)]);
  await gate.entered();
  reactor.stop();
  await stopped;
  const error = await reported;
  assert.ok(error instanceof ShutdownTimeoutError);
  assert.deepEqual(error.waitingFor, ['passGate (in a thread)', 'add (2 calls in threads)']);
  for (const result of await settled) {
    assert.ok(result.status === 'rejected' && result.reason instanceof PoolStoppedError);
  }
});

test('a shutdown in time leaves no deadline behind', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  const stopped = reactor.run({ shutdownTimeout: 10 });
  reactor.stop();
  reactor.advance(0);
  await stopped;
  assert.deepEqual(reactor.clock.getDelayedCalls(), []);
  reactor.advance(100);
  assert.deepEqual(reports, []);
});

test('what is called from threads before the reactor stopped is still called', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const stopped = reactor.run();
  reactor.stop();
  reactor.callFromThread(() => order.push('called'));
  reactor.advance(0);
  await stopped;
  assert.deepEqual(order, ['called']);
});

test('raising the suggested number of threads serves the backlog at once', { timeout: 30_000 }, async () => {
  const reactor = createReactor();
  reactor.suggestThreadPoolSize(1);
  const pool = reactor.getThreadPool();
  const gates = [new Gate(), new Gate()];
  const results = gates.map((gate) => pool.defer(passGate, gate.shared));
  await gates[0]?.entered();
  assert.equal(pool.statistics().backlog, 1);
  reactor.suggestThreadPoolSize(2);
  await gates[1]?.entered();
  assert.deepEqual([pool.statistics().busy, pool.statistics().backlog], [2, 0]);
  // Lowering it lets the busy ones finish.
  reactor.suggestThreadPoolSize(1);
  for (const gate of gates) gate.open();
  assert.equal(new Set(await Promise.all(results)).size, 2);
  assert.equal(await pool.defer(add, 3, 3), 6);
  await pool.stop();
});

test('what an earlier run has waited for in vain begins nothing in a later one', async () => {
  const reactor = createReactor();
  reportsOf(reactor);
  const released = new Deferred<void>();
  const order: string[] = [];
  reactor.addSystemEventTrigger('before', 'shutdown', () => released);
  const first = reactor.run({ installSignalHandlers: false, shutdownTimeout: 1 });
  reactor.stop();
  await first;
  reactor.addSystemEventTrigger('before', 'shutdown', () => void order.push('closed'));
  const second = reactor.run({ installSignalHandlers: false });
  released.callback(undefined);
  await new Promise(setImmediate);
  order.push('stops');
  reactor.stop();
  await second;
  assert.deepEqual(order, ['stops', 'closed']);
});

test('what a startup that was given up has waited for starts nothing', async () => {
  const reactor = createReactor();
  const opened = new Deferred<void>();
  const order: string[] = [];
  reactor.addSystemEventTrigger('before', 'startup', () => opened);
  const first = reactor.run({ installSignalHandlers: false });
  reactor.crash();
  await first;
  reactor.addSystemEventTrigger('before', 'startup', () => void order.push('starts'));
  opened.callback(undefined);
  assert.deepEqual(order, []);
  const second = reactor.run({ installSignalHandlers: false });
  assert.deepEqual(order, ['starts']);
  reactor.stop();
  await second;
});

test('the end of a shutdown’s time is not among the delayed calls, and cannot be taken back with them', async () => {
  const reactor = createReactor();
  const reports = reportsOf(reactor);
  reactor.addSystemEventTrigger('before', 'shutdown', function hangs() {
    for (const call of reactor.getDelayedCalls()) call.cancel();
    return new Deferred<void>();
  });
  const stopped = reactor.run({ installSignalHandlers: false, shutdownTimeout: 5 });
  reactor.stop();
  await stopped;
  assert.equal(reports.length, 1);
  assert.match(reports[0] as string, /hangs/);
});
