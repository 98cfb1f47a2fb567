import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { Deferred, InvalidArgumentError } from 'heddle/defer';
import { createReactor, ReactorAlreadyRunning, ReactorNotRunning } from 'heddle/reactor';
import { MemoryReactor } from 'heddle/testing';
import { reportsOf } from '../support/reported.ts';

test('run() fires startup at once: before, during, after, in the order of the triggers', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  const note = (name: string): void => void order.push(`${name} ${reactor.running}`);
  reactor.addSystemEventTrigger('after', 'startup', note, 'after');
  reactor.addSystemEventTrigger('during', 'startup', note, 'during');
  reactor.addSystemEventTrigger('before', 'startup', note, 'before 1');
  reactor.addSystemEventTrigger('before', 'startup', note, 'before 2');
  const stopped = reactor.run({ installSignalHandlers: false });
  assert.deepEqual(order, ['before 1 false', 'before 2 false', 'during true', 'after true']);
  reactor.stop();
  await stopped;
  assert.equal(reactor.running, false);
});

test('startup waits for what its before-triggers return, Deferreds without a turn', async () => {
  const reactor = new MemoryReactor();
  const opened = new Deferred<void>();
  reactor.addSystemEventTrigger('before', 'startup', () => opened);
  const stopped = reactor.run();
  assert.equal(reactor.running, false);
  opened.callback();
  assert.equal(reactor.running, true);
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test('callWhenRunning calls at once while the reactor runs, and after startup otherwise', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const note = (name: string): void => void order.push(name);
  const trigger = reactor.callWhenRunning(note, 'waited');
  assert.equal(trigger?.phase, 'after');
  const removed = reactor.callWhenRunning(note, 'removed');
  assert.ok(removed);
  assert.equal(reactor.removeSystemEventTrigger(removed), true);
  const stopped = reactor.run();
  assert.equal(reactor.callWhenRunning(note, 'at once'), undefined);
  assert.deepEqual(order, ['waited', 'at once']);
  assert.throws(() =>
    reactor.callWhenRunning(() => {
      throw new Error('mine');
    }),
  );
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test('a startup trigger that throws is reported, and the others run', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  const order: string[] = [];
  for (const phase of ['before', 'during', 'after'] as const) {
    reactor.addSystemEventTrigger(phase, 'startup', function open() {
      throw new Error(phase);
    });
    reactor.addSystemEventTrigger(phase, 'startup', () => order.push(phase));
  }
  const stopped = reactor.run();
  assert.deepEqual(order, ['before', 'during', 'after']);
  assert.deepEqual(reports, [
    'open (before startup): before',
    'open (during startup): during',
    'open (after startup): after',
  ]);
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test('run() while the reactor runs is rejected with ReactorAlreadyRunning, and disturbs nothing', async () => {
  const reactor = new MemoryReactor();
  const stopped = reactor.run();
  await assert.rejects(reactor.run(), ReactorAlreadyRunning);
  assert.equal(reactor.running, true);
  reactor.stop();
  await assert.rejects(reactor.run(), ReactorAlreadyRunning);
  reactor.advance(0);
  await stopped;
});

test('options of run() that do not exist or cannot be are refused, and the reactor does not start', async () => {
  const reactor = createReactor();
  const refused = [
    [{ shutdownTimeou: 5 }, /has no option 'shutdownTimeou'; its options are installSignalHandlers, shutdownTimeout/],
    [{ shutdownTimeout: -1 }, /shutdownTimeout .* must be a number of milliseconds, 0 or more, or Infinity, not -1/],
    [{ shutdownTimeout: Number.NaN }, /not NaN/],
    [{ installSignalHandlers: 'no' }, /installSignalHandlers .* must be true or false, not 'no'/],
    [null, /must be an object, not null/],
  ] as const;
  for (const [options, message] of refused) {
    await assert.rejects(reactor.run(options as never), (error: Error) => {
      assert.ok(error instanceof InvalidArgumentError);
      assert.match(error.message, message);
      return true;
    });
    assert.equal(reactor.running, false);
  }
  assert.throws(() => reactor.stop(), ReactorNotRunning);
});

test('stop() in a startup trigger lets startup finish and then shuts down', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  reactor.addSystemEventTrigger('before', 'startup', () => reactor.stop());
  reactor.addSystemEventTrigger('after', 'startup', () => order.push('after startup'));
  reactor.addSystemEventTrigger('before', 'shutdown', () => order.push('before shutdown'));
  await reactor.run({ installSignalHandlers: false });
  assert.deepEqual(order, ['after startup', 'before shutdown']);
});

test('stop() while startup waits gives the startup up and shuts down', async () => {
  const reactor = new MemoryReactor();
  const order: string[] = [];
  const opened = new Deferred<void>();
  reactor.addSystemEventTrigger('before', 'startup', () => opened);
  reactor.addSystemEventTrigger('during', 'startup', () => order.push('during startup'));
  reactor.addSystemEventTrigger('before', 'shutdown', () => order.push('before shutdown'));
  const stopped = reactor.run();
  reactor.stop();
  reactor.advance(0);
  await stopped;
  opened.callback();
  assert.deepEqual(order, ['before shutdown']);
  assert.equal(reactor.running, false);
});

test('a startup that outlives its run does not start the next one', async () => {
  const reactor = new MemoryReactor();
  const first = new Deferred<void>();
  const second = new Deferred<void>();
  reactor.addSystemEventTrigger('before', 'startup', () => first);
  const crashed = reactor.run();
  reactor.crash();
  await crashed;
  reactor.addSystemEventTrigger('before', 'startup', () => second);
  const stopped = reactor.run();
  first.callback();
  assert.equal(reactor.running, false);
  second.callback();
  assert.equal(reactor.running, true);
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test('a reactor can be run again after it has stopped, and triggers run once', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  reactor.addSystemEventTrigger('after', 'startup', () => order.push('once'));
  for (let run = 0; run < 3; run++) {
    const stopped = reactor.run({ installSignalHandlers: false });
    assert.equal(reactor.running, true);
    reactor.stop();
    await stopped;
  }
  assert.deepEqual(order, ['once']);
});

test('two reactors run at once, and stop each for itself', async () => {
  const one = createReactor();
  const two = createReactor();
  const oneStopped = one.run({ installSignalHandlers: false });
  const twoStopped = two.run({ installSignalHandlers: false });
  one.stop();
  await oneStopped;
  assert.deepEqual([one.running, two.running], [false, true]);
  two.stop();
  await twoStopped;
  assert.notEqual(one.getThreadPool(), two.getThreadPool());
});

test('an event of your own runs its triggers in their phases, and waits for those before it', () => {
  const reactor = createReactor();
  const order: unknown[] = [];
  const ready = new Deferred<void>();
  const note = (...args: unknown[]): void => void order.push(args);
  reactor.addSystemEventTrigger('after', 'reload', note, 'after', 1);
  reactor.addSystemEventTrigger('before', 'reload', () => ready);
  reactor.addSystemEventTrigger('during', 'reload', note, 'during');
  reactor.fireSystemEvent('reload');
  assert.deepEqual(order, []);
  ready.callback();
  assert.deepEqual(order, [['during'], ['after', 1]]);
  reactor.fireSystemEvent('reload');
  assert.equal(order.length, 2);
});

test('a removed trigger does not run, and a second removal tells that it was gone', () => {
  const reactor = createReactor();
  const order: string[] = [];
  const kept = reactor.addSystemEventTrigger('during', 'reload', () => order.push('kept'));
  const removed = reactor.addSystemEventTrigger('during', 'reload', () => order.push('removed'));
  assert.equal(reactor.removeSystemEventTrigger(removed), true);
  assert.equal(reactor.removeSystemEventTrigger(removed), false);
  reactor.fireSystemEvent('reload');
  assert.deepEqual(order, ['kept']);
  assert.equal(reactor.removeSystemEventTrigger(kept), false);
});

test('a trigger can remove one that comes after it', () => {
  const reactor = createReactor();
  const order: string[] = [];
  reactor.addSystemEventTrigger('during', 'reload', () => reactor.removeSystemEventTrigger(second));
  const second = reactor.addSystemEventTrigger('during', 'reload', () => order.push('second'));
  reactor.fireSystemEvent('reload');
  assert.deepEqual(order, []);
});

for (const next of ['during', 'after'] as const) {
  test(`a trigger that is added ${next} an event is part of it, though its last one was taken back before`, () => {
    const calls: string[] = [];
    const reactor = createReactor();
    const last = reactor.addSystemEventTrigger('during', 'reload', () => {
      reactor.removeSystemEventTrigger(last);
      reactor.addSystemEventTrigger(next, 'reload', () => calls.push(next));
    });
    reactor.fireSystemEvent('reload');
    assert.deepEqual(calls, [next]);
  });
}

test('a phase that does not exist and a trigger that is no function are refused', () => {
  const reactor = createReactor();
  assert.throws(
    () => reactor.addSystemEventTrigger('later' as 'after', 'shutdown', () => undefined),
    /^InvalidArgumentError: A trigger's phase is one of before, during, after, not 'later'/,
  );
  assert.throws(
    () => reactor.addSystemEventTrigger('after', 'shutdown', 5 as unknown as () => void),
    /^InvalidArgumentError: A trigger must be a function, not 5/,
  );
});

test("the reactor's own events cannot be fired by hand", () => {
  const reactor = createReactor();
  assert.throws(
    () => reactor.fireSystemEvent('shutdown'),
    /^InvalidArgumentError: .*shutdown.*use run\(\) and stop\(\)/,
  );
  assert.throws(() => reactor.fireSystemEvent('startup'), InvalidArgumentError);
});

test('a trigger runs in the async context of the place that added it', () => {
  const reactor = createReactor();
  const storage = new AsyncLocalStorage<string>();
  let seen: string | undefined;
  storage.run('mine', () =>
    reactor.addSystemEventTrigger('during', 'reload', () => {
      seen = storage.getStore();
    }),
  );
  reactor.fireSystemEvent('reload');
  assert.equal(seen, 'mine');
});
