import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReactorTime, reactor } from 'heddle/reactor';
import { Clock } from 'heddle/testing';

/** Lets the calls of `time` that are due within `milliseconds` be made. */
type PassTime = (milliseconds: number) => Promise<void>;

const clock = new Clock();
const both: readonly (readonly [name: string, time: ReactorTime, pass: PassTime])[] = [
  ['the clock', clock, async (milliseconds) => clock.advance(milliseconds)],
  // Due after all that were asked for before it.
  [
    'the reactor',
    reactor,
    (milliseconds) => new Promise((resolve) => reactor.callLater(milliseconds, () => resolve())),
  ],
];

for (const [name, time, pass] of both) {
  test(`${name} makes delayed calls in the order of their times, and those of one time in the order of asking`, async () => {
    const order: string[] = [];
    const asked = (
      [
        [2, 'c'],
        [1, 'a'],
        [1, 'b'],
        [0, 'first'],
      ] as const
    ).map(([delay, label]) => ({ label, due: time.callLater(delay, () => order.push(label)).getTime() }));
    await pass(2);
    if (time === clock) assert.deepEqual(order, ['first', 'a', 'b', 'c']);
    // The reactor's time goes on between two questions, by more than a millisecond where others have the processor.
    assert.deepEqual(
      order,
      asked.toSorted((one, other) => one.due - other.due).map(({ label }) => label),
    );
  });

  test(`${name} makes a call at its new time when another call resets it or puts it off`, async () => {
    const order: string[] = [];
    // Asked for first, so that it is due before the other, however long that takes.
    time.callLater(0, () => {
      late.delay(50_000);
      soon.reset(0);
      order.push('reset');
    });
    const soon = time.callLater(50_000, () => {
      order.push('soon');
      late.reset(0);
    });
    const late = time.callLater(1, () => order.push('late'));
    for (let i = 0; i < 1_000 && order.length < 3; i++) await pass(0);
    assert.deepEqual(order, ['reset', 'soon', 'late']);
  });

  test(`${name} never makes a call that was cancelled by an earlier one of the same time`, async () => {
    const order: string[] = [];
    time.callLater(1, () => second.cancel());
    const second = time.callLater(1, () => order.push('second'));
    await pass(2);
    assert.deepEqual(order, []);
    assert.equal(second.active(), false);
  });

  test(`${name} lists the calls that are still to come, and none when there is none`, async () => {
    assert.deepEqual(time.getDelayedCalls(), []);
    const call = time.callLater(1, () => undefined);
    const other = time.callLater(2, () => undefined);
    assert.deepEqual(new Set(time.getDelayedCalls()), new Set([call, other]));
    other.cancel();
    assert.deepEqual(time.getDelayedCalls(), [call]);
    await pass(2);
    assert.deepEqual(time.getDelayedCalls(), []);
  });
}

test('the difference: a call with no delay that is made meanwhile belongs to the same advance of the clock, but to a later turn of the reactor', async () => {
  const nested = async (time: ReactorTime, pass: PassTime): Promise<string[]> => {
    const order: string[] = [];
    time.callLater(0, () => {
      time.callLater(0, () => order.push('nested'));
      setImmediate(() => order.push('turn'));
    });
    time.callLater(0, () => order.push('second'));
    await pass(0);
    const seen = [...order];
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    return seen;
  };
  const [[, , passClock], [, , passReactor]] = both as [(typeof both)[0], (typeof both)[0]];
  assert.deepEqual(await nested(clock, passClock), ['second', 'nested']);
  assert.equal((await nested(reactor, passReactor)).includes('nested'), false);
});

test('the difference: what a call throws comes out of advance and ends it, while the reactor reports it and goes on', async () => {
  const order: string[] = [];
  const fails = (): never => {
    throw new RangeError('mine');
  };
  clock.callLater(1, fails);
  clock.callLater(1, () => order.push('clock'));
  assert.throws(() => clock.advance(1), new RangeError('mine'));
  assert.equal(order.length, 0);
  clock.advance(0);

  const { onError } = reactor;
  const reported: unknown[] = [];
  reactor.onError = (error) => void reported.push(error);
  reactor.callLater(0, fails);
  reactor.callLater(0, () => order.push('reactor'));
  await new Promise<void>((resolve) => reactor.callLater(1, () => resolve()));
  reactor.onError = onError;
  assert.deepEqual([order, reported], [['clock', 'reactor'], [new RangeError('mine')]]);
});

test('the difference: calls of one advance all see the time that was advanced to', () => {
  const seen: number[] = [];
  const began = clock.now();
  for (const delay of [1, 2, 3]) clock.callLater(delay, () => seen.push(clock.now() - began));
  clock.advance(5);
  assert.deepEqual(seen, [5, 5, 5]);
});

test('a call may advance the clock itself, and what is due then is made inside that', () => {
  const order: string[] = [];
  clock.callLater(1, () => {
    order.push('outer');
    clock.advance(1);
    order.push('outer again');
  });
  clock.callLater(2, () => order.push('inner'));
  clock.advance(1);
  assert.deepEqual(order, ['outer', 'inner', 'outer again']);
});

test('an error ends a pump as it ends an advance, and the durations after it are not passed', () => {
  const began = clock.now();
  clock.callLater(1, () => {
    throw new RangeError('mine');
  });
  assert.throws(() => clock.pump([1, 1, 1]), new RangeError('mine'));
  assert.equal(clock.now() - began, 1);
});

test('pump takes any iterable of durations, and passes each when it is asked for', () => {
  const began = clock.now();
  const seen: number[] = [];
  clock.pump(
    (function* () {
      for (let i = 0; i < 3; i++) {
        seen.push(clock.now() - began);
        yield 2;
      }
    })(),
  );
  assert.deepEqual(seen, [0, 2, 4]);
});
