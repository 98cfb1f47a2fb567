import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred, InvalidArgumentError, TimeoutError } from 'heddle/defer';
import { AlreadyCalled, AlreadyCancelled, type DelayedCall } from 'heddle/reactor';
import { Clock, failureResultOf, MemoryReactor, MemoryThreadPool } from 'heddle/testing';

test('the time stands still until it is advanced, and starts at 0', () => {
  const clock = new Clock();
  assert.equal(clock.now(), 0);
  clock.advance(5);
  clock.advance(0.5);
  assert.equal(clock.now(), 5.5);
});

test('advance makes the calls that are due, with their arguments, and no others', () => {
  const clock = new Clock();
  const made: unknown[] = [];
  clock.callLater(10, (...args: unknown[]) => made.push(args), 'a', 1);
  clock.callLater(11, () => made.push('later'));
  clock.advance(9.9);
  assert.deepEqual(made, []);
  clock.advance(0.1);
  assert.deepEqual(made, [['a', 1]]);
});

test('calls are made in the order of their times, those of the same time in the order they were promised', () => {
  const clock = new Clock();
  const order: string[] = [];
  for (const [delay, name] of [
    [3, 'd'],
    [1, 'a'],
    [2, 'b'],
    [2, 'c'],
  ] as const) {
    clock.callLater(delay, () => order.push(name));
  }
  clock.advance(3);
  assert.deepEqual(order, ['a', 'b', 'c', 'd']);
});

test('a call sees the time that was advanced to, not the one it was due at', () => {
  const clock = new Clock();
  let seen: number | undefined;
  clock.callLater(1, () => {
    seen = clock.now();
  });
  clock.advance(10);
  assert.equal(seen, 10);
});

test('calls with no delay that are made meanwhile are made by the same advance, unlike in the reactor', () => {
  const clock = new Clock();
  const order: string[] = [];
  clock.callLater(1, () => {
    clock.callLater(0, () => order.push('nested'));
    clock.callLater(1, () => order.push('a millisecond on'));
    order.push('outer');
  });
  clock.advance(1);
  assert.deepEqual(order, ['outer', 'nested']);
  clock.advance(1);
  assert.deepEqual(order, ['outer', 'nested', 'a millisecond on']);
});

test('what a call throws comes out of advance, and the calls after it stay for the next', () => {
  const clock = new Clock();
  const order: string[] = [];
  clock.callLater(1, () => {
    throw new RangeError('mine');
  });
  clock.callLater(1, () => order.push('after'));
  assert.throws(() => clock.advance(1), new RangeError('mine'));
  assert.deepEqual(order, []);
  assert.equal(clock.getDelayedCalls().length, 1);
  clock.advance(0);
  assert.deepEqual(order, ['after']);
});

test('pump advances once for each duration', () => {
  const clock = new Clock();
  const times: number[] = [];
  const again = (): void => {
    times.push(clock.now());
    clock.callLater(1, again);
  };
  clock.callLater(1, again);
  clock.pump([1, 1, 3, 1]);
  assert.deepEqual(times, [1, 2, 5, 6]);
});

test('delayed calls of a clock are cancelled, reset and put off as those of the reactor', () => {
  const clock = new Clock();
  const order: string[] = [];
  const put = clock.callLater(1, () => order.push('put off'));
  const reset = clock.callLater(5, () => order.push('reset'));
  const cancelled = clock.callLater(1, () => order.push('cancelled'));
  put.delay(2);
  reset.reset(2);
  cancelled.cancel();
  assert.deepEqual([put.getTime(), reset.getTime()], [3, 2]);
  assert.deepEqual(clock.getDelayedCalls(), [put, reset]);
  clock.advance(3);
  assert.deepEqual(order, ['reset', 'put off']);
  assert.throws(() => put.cancel(), AlreadyCalled);
  assert.throws(() => cancelled.cancel(), AlreadyCancelled);
});

test('time does not go back, and does not become something else', () => {
  const clock = new Clock();
  for (const duration of [-1, Number.NaN, '1' as unknown as number]) {
    assert.throws(() => clock.advance(duration), InvalidArgumentError);
  }
  assert.throws(() => clock.callLater(-1, () => undefined), InvalidArgumentError);
  assert.equal(clock.now(), 0);
});

test('a clock serves whatever takes a time source', () => {
  const clock = new Clock();
  const slow = new Deferred<string>().addTimeout(1_000, clock);
  clock.advance(1_000);
  assert.equal(failureResultOf(slow, TimeoutError).value.timeout, 1_000);
});

test('calls that are put off to one time keep the order that they had, as a stable sort leaves them', () => {
  const clock = new Clock();
  const order: string[] = [];
  const note = (name: string): DelayedCall => clock.callLater(2, () => order.push(name));
  const [a, , c] = [note('a'), note('b'), note('c')];
  a?.reset(2);
  clock.callLater(1, () => order.push('sooner')).delay(1);
  c?.reset(1);
  c?.delay(1);
  assert.equal(clock.getDelayedCalls().length, 4);
  clock.advance(2);
  assert.deepEqual(order, ['sooner', 'a', 'b', 'c']);
});

test('calls are listed in the order in which they are due', () => {
  const clock = new Clock();
  const due = [3, 1, 2].map((delay) => clock.callLater(delay, () => undefined));
  assert.deepEqual(
    clock.getDelayedCalls().map((call) => call.getTime()),
    [1, 2, 3],
  );
  due[1]?.cancel();
  assert.equal(clock.getDelayedCalls()[0], due[2]);
});

test('a reactor and a thread pool for tests take no clock but one that the test can move on', () => {
  const time: unknown = { now: () => 0, callLater: () => undefined };
  for (const given of [time, 3, null]) {
    const message = /must be a Clock of heddle\/testing, not /;
    assert.throws(() => new MemoryReactor(given as Clock), { name: 'InvalidArgumentError', message });
    assert.throws(() => new MemoryThreadPool({}, given as Clock), { name: 'InvalidArgumentError', message });
  }
  const inPlaceOfOptions = new Clock() as unknown as object;
  assert.throws(() => new MemoryThreadPool(inPlaceOfOptions), /takes options, then the clock/);
});
