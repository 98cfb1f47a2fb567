import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from 'heddle/defer';
import { Clock, MemoryReactor, successResultOf } from 'heddle/testing';
import { add } from '../fixtures/threads/jobs.ts';
import { reportsOf } from '../support/reported.ts';

test('delayed calls are made when the time is moved on', () => {
  const reactor = new MemoryReactor();
  const made: number[] = [];
  reactor.callLater(1_000, () => made.push(reactor.now()));
  reactor.pump([400, 400, 400]);
  assert.deepEqual(made, [1_200]);
});

test('what delayed calls throw comes out of advance; errors of other events go to onError', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  reactor.callLater(1, () => {
    throw new Error('delayed');
  });
  reactor.callFromThread(function tell() {
    throw new Error('called');
  });
  reactor.advance(0);
  assert.deepEqual(reports, ['tell (callFromThread): called']);
  assert.throws(() => reactor.advance(1), new Error('delayed'));
});

test('callFromThread is due at the next advance, in order', () => {
  const reactor = new MemoryReactor();
  const order: number[] = [];
  reactor.callFromThread((n: number) => order.push(n), 1);
  reactor.callFromThread((n: number) => order.push(n), 2);
  assert.deepEqual(order, []);
  reactor.advance(0);
  assert.deepEqual(order, [1, 2]);
});

test("its delayed calls are those that were asked of it, not the loop's own nor others' on the same clock", async () => {
  const clock = new Clock();
  const reactor = new MemoryReactor(clock);
  const made: string[] = [];
  clock.callLater(10, () => made.push('of the clock'));
  const own = reactor.callLater(10, () => made.push('of the reactor'));
  const stopped = reactor.run();
  reactor.callFromThread(() => undefined);
  reactor.stop();
  assert.deepEqual(reactor.getDelayedCalls(), [own]);
  reactor.advance(0);
  await stopped;
  reactor.advance(10);
  assert.deepEqual(made, ['of the clock']);
});

test('a call that was made or cancelled is no delayed call any more', () => {
  const reactor = new MemoryReactor();
  reactor.callLater(1, () => undefined);
  reactor.callLater(5, () => undefined).cancel();
  reactor.advance(1);
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('it leaves the signals of the process alone', async () => {
  const before = process.listenerCount('SIGINT');
  const reactor = new MemoryReactor();
  const stopped = reactor.run();
  assert.equal(process.listenerCount('SIGINT'), before);
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

test('its threads do a job when they are told to, and time limits count on its clock', async () => {
  const reactor = new MemoryReactor();
  const pool = reactor.getThreadPool();
  const call = pool.defer(add, 1, 2);
  await pool.performAll();
  assert.equal(successResultOf(call), 3);
  assert.equal(pool.clock, reactor.clock);
});

test('callInThread runs when the pool is told to, and its error is reported', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  reactor.callInThread(JSON.parse, '{');
  await reactor.getThreadPool().performAll();
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? '', /^parse \(callInThread\): /);
});

test('a shutdown waits for the calls in threads, and delivers their results first', async () => {
  const reactor = new MemoryReactor();
  const order: unknown[] = [];
  const stopped = reactor.run();
  const pool = reactor.getThreadPool();
  pool.defer(add, 1, 2).addCallback((sum) => void order.push(sum));
  reactor.addSystemEventTrigger('during', 'shutdown', () => order.push('during'));
  reactor.stop();
  reactor.advance(0);
  assert.equal(reactor.running, true);
  await pool.performAll();
  await stopped;
  assert.deepEqual(order, [3, 'during']);
});

test('what the promise of a delayed call fails with goes to onError, under the name of its function', async () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  const call = reactor.callLater(5, async function poll() {
    throw new Error('no answer');
  });
  assert.match(String(call), /poll/);
  reactor.advance(5);
  await new Promise(setImmediate);
  assert.deepEqual(reports, ['poll (callLater): no answer']);
});

test('its delayed calls are those that it has made, and not those of others on the same clock', () => {
  const clock = new Clock();
  const reactor = new MemoryReactor(clock);
  const own = reactor.callLater(5, () => {});
  clock.callLater(5, () => {});
  assert.deepEqual(reactor.getDelayedCalls(), [own]);
  reactor.advance(5);
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('a Failure that a delayed call returns is reported, as by any reactor', () => {
  const reactor = new MemoryReactor();
  const reports = reportsOf(reactor);
  reactor.callLater(1, function tell() {
    return new Failure(new Error('returned'));
  });
  reactor.advance(1);
  assert.deepEqual(reports, ['tell (callLater): returned']);
});

test('an option of run that is undefined is one that is not given', async () => {
  const reactor = new MemoryReactor();
  const listeners = process.listenerCount('SIGINT');
  const ended = reactor.run({ installSignalHandlers: undefined });
  assert.equal(process.listenerCount('SIGINT'), listeners);
  reactor.crash();
  await ended;
});
