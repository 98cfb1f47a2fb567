import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, Deferred, InvalidArgumentError } from 'heddle/defer';
import { reactor } from 'heddle/reactor';
import { deferLater } from 'heddle/task';
import { assertNoResult, Clock, failureResultOf, MemoryReactor, successResultOf } from 'heddle/testing';

test('deferLater calls the function with its arguments after the delay and fires with what it returns', () => {
  const clock = new Clock();
  const calls: unknown[] = [];
  const d = deferLater(
    clock,
    3_000,
    (...args: unknown[]) => {
      calls.push(args);
      return 'answer';
    },
    'a',
    1,
  );
  clock.advance(2_999);
  assert.deepEqual(calls, []);
  assertNoResult(d);
  clock.advance(1);
  assert.deepEqual(calls, [['a', 1]]);
  assert.equal(successResultOf(d), 'answer');
});

test('deferLater fails with what the function throws', () => {
  const clock = new Clock();
  const d = deferLater(clock, 0, () => {
    throw new RangeError('mine');
  });
  clock.advance(0);
  assert.equal(failureResultOf(d, RangeError).value.message, 'mine');
});

test('deferLater without a function is a pause, and fires with undefined', () => {
  const clock = new Clock();
  const d = deferLater(clock, 10);
  clock.advance(10);
  assert.equal(successResultOf(d), undefined);
});

test('a cancelled deferLater takes its call back and never makes it', () => {
  const clock = new Clock();
  let called = false;
  const d = deferLater(clock, 10, () => {
    called = true;
  });
  d.cancel();
  failureResultOf(d, CancelledError);
  assert.deepEqual(clock.getDelayedCalls(), []);
  clock.advance(10);
  assert.equal(called, false);
});

test('deferLater waits for the Deferred that the function returns, and a cancel then reaches that one', () => {
  const clock = new Clock();
  let cancelled = 0;
  const d = deferLater(clock, 10, () => new Deferred<number>(() => void cancelled++));
  clock.advance(10);
  assertNoResult(d);
  d.cancel();
  failureResultOf(d, CancelledError);
  assert.equal(cancelled, 1);
});

test('a delay that is none and a function that is none are refused at once', () => {
  const clock = new Clock();
  for (const delay of [-1, Number.NaN, '1' as unknown as number]) {
    assert.throws(() => deferLater(clock, delay), InvalidArgumentError);
  }
  assert.throws(() => deferLater(clock, 1, 1 as unknown as () => void), InvalidArgumentError);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('deferLater works on the reactor itself', async () => {
  assert.equal(await deferLater(reactor, 1, Math.max, 1, 2), 2);
});

test('one whose reactor has stopped can be cancelled', async () => {
  const memory = new MemoryReactor();
  const later = deferLater(memory, 1_000);
  const over = memory.run();
  memory.stop();
  memory.advance(0);
  await over;
  later.cancel();
  assert.ok(failureResultOf(later).value instanceof CancelledError);
});

test('a clock that gives nothing to take the call back by is refused', () => {
  assert.throws(() => deferLater({ callLater: (() => undefined) as never }, 10), {
    name: 'InvalidArgumentError',
    message: /^The callLater\(\) of what counts the time must return .* active\(\) and cancel\(\).* not undefined\.$/,
  });
});
