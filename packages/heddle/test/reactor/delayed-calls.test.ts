import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { InvalidArgumentError } from 'heddle/defer';
import { AlreadyCalled, AlreadyCancelled, createReactor, type DelayedCall } from 'heddle/reactor';
import { Clock } from 'heddle/testing';

/** Settles when the reactor makes a call that is due after all that are due now. */
function later(reactor: ReturnType<typeof createReactor>, delay: number): Promise<void> {
  return new Promise((resolve) => reactor.callLater(delay, resolve));
}

test('a delayed call is made once, with its arguments, and without run()', async () => {
  const reactor = createReactor();
  const seen: unknown[] = [];
  const call = reactor.callLater(1, (...args: unknown[]) => seen.push(args), 'a', 2);
  assert.equal(call.active(), true);
  await later(reactor, 2);
  assert.deepEqual(seen, [['a', 2]]);
  assert.equal(call.active(), false);
});

test('a delayed call is never made before its time, even where the loop never rests', async () => {
  const reactor = createReactor();
  // Node's timers count whole milliseconds, so a loop that looks often finds them due up to one too early.
  let resting = false;
  const turn = (): void => {
    if (!resting) setImmediate(turn);
  };
  turn();
  const early: number[] = [];
  for (let count = 0; count < 40; count++) {
    await new Promise<void>((resolve) => {
      const call = reactor.callLater(1, () => {
        const left = call.getTime() - reactor.now();
        if (left > 0) early.push(left);
        resolve();
      });
    });
  }
  resting = true;
  assert.deepEqual(early, []);
});

test('delayed calls are made in the order in which they are due, fractions of milliseconds included', async () => {
  const reactor = createReactor();
  const made: DelayedCall[] = [];
  for (const delay of [3.9, 3.5, 3.1, 2.9, 1, 0.5, 0]) {
    const call: DelayedCall = reactor.callLater(delay, () => void made.push(call));
  }
  const promised = reactor.getDelayedCalls();
  await later(reactor, 5);
  assert.deepEqual(
    made,
    promised.toSorted((one, other) => one.getTime() - other.getTime()),
  );
});

test('many delayed calls keep the order of their times through cancels and resets', async () => {
  const reactor = createReactor();
  const made: DelayedCall[] = [];
  const calls: DelayedCall[] = [];
  for (let index = 0; index < 300; index++) {
    const call: DelayedCall = reactor.callLater((index * 37) % 11, () => void made.push(call));
    calls.push(call);
  }
  for (const [index, call] of calls.entries()) {
    if (index % 3 === 0) call.cancel();
    else if (index % 3 === 1) call.reset((index * 13) % 7);
  }
  await later(reactor, 20);
  assert.equal(made.length, 200);
  const times = made.map((call) => call.getTime());
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('a call with no delay that is made meanwhile waits for a later turn', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    reactor.callLater(0, () => {
      reactor.callLater(0, () => {
        order.push('nested');
        resolve();
      });
      order.push('outer');
      queueMicrotask(() => order.push('microtask'));
    });
  });
  assert.deepEqual(order, ['outer', 'microtask', 'nested']);
});

test('what promises have to do comes between two calls that are due together', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  reactor.callLater(1, async () => {
    order.push('one');
    await undefined;
    order.push('one goes on');
  });
  reactor.callLater(1, () => order.push('two'));
  const until = performance.now() + 3;
  while (performance.now() < until);
  await later(reactor, 2);
  assert.deepEqual(order, ['one', 'one goes on', 'two']);
});

test('reset begins the wait anew, delay puts it off, and getTime tells', () => {
  const reactor = createReactor();
  const call = reactor.callLater(1_000, () => undefined);
  const due = call.getTime();
  call.delay(500);
  assert.equal(Math.round(call.getTime() - due), 500);
  call.delay(-700);
  assert.equal(Math.round(call.getTime() - due), -200);
  const before = reactor.now();
  call.reset(10_000);
  assert.ok(call.getTime() >= before + 10_000 && call.getTime() <= reactor.now() + 10_000);
  call.cancel();
});

test('a call that was put off is made at its new time, as is one that was brought forward', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  const putOff = reactor.callLater(1, () => order.push('put off'));
  const between = reactor.callLater(1e9, () => order.push('between'));
  const last = reactor.callLater(1e9, () => order.push('brought forward'));
  putOff.delay(2);
  between.delay(putOff.getTime() - between.getTime() - 0.5);
  last.delay(putOff.getTime() - last.getTime() + 0.5);
  await later(reactor, 6);
  assert.deepEqual(order, ['between', 'put off', 'brought forward']);
});

test('a call can be reset and cancelled by another that is due at the same time', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    reactor.callLater(1, () => {
      cancelled.cancel();
      moved.reset(3);
    });
    const cancelled = reactor.callLater(1, () => order.push('cancelled'));
    const moved = reactor.callLater(1, resolve);
    reactor.callLater(1, () => order.push('between'));
    const until = performance.now() + 3;
    while (performance.now() < until);
  });
  assert.deepEqual(order, ['between']);
});

test('a made call refuses cancel, reset and delay with AlreadyCalled, which names the function', async () => {
  const reactor = createReactor();
  const call = reactor.callLater(0, function poll() {});
  await later(reactor, 1);
  for (const change of [() => call.cancel(), () => call.reset(1), () => call.delay(1)]) {
    assert.throws(change, (error: Error) => error instanceof AlreadyCalled && /\bpoll\b/.test(error.message));
  }
});

test('a cancelled call refuses cancel, reset and delay with AlreadyCancelled, which names the function', () => {
  const call = createReactor().callLater(1e9, function poll() {});
  call.cancel();
  for (const change of [() => call.cancel(), () => call.reset(1), () => call.delay(1)]) {
    assert.throws(change, (error: Error) => error instanceof AlreadyCancelled && /\bpoll\b/.test(error.message));
  }
});

test('a call can cancel itself no more once it is being made', async () => {
  const reactor = createReactor();
  const thrown = await new Promise((resolve) => {
    const call = reactor.callLater(0, () => {
      try {
        call.cancel();
      } catch (error) {
        resolve(error);
      }
    });
  });
  assert.ok(thrown instanceof AlreadyCalled);
});

test('a delay that is no duration is refused, and so is something that is no function', () => {
  const reactor = createReactor();
  for (const delay of [-1, Number.NaN, '5', undefined] as number[]) {
    assert.throws(() => reactor.callLater(delay, () => undefined), InvalidArgumentError);
  }
  assert.throws(
    () => reactor.callLater(1, 'f' as unknown as () => void),
    /^InvalidArgumentError: What is called later must be a function, not 'f'/,
  );
  // The arguments the wrong way round: the message must not print the function's source.
  const swapped = reactor.callLater.bind(reactor) as unknown as (f: () => void, delay: number) => void;
  assert.throws(() => swapped(function poll() {}, 5), /milliseconds, 0 or more, not \[Function: poll\]/);
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('a call is not put off by what is no number, nor to what is no time', () => {
  const call = createReactor().callLater(Number.POSITIVE_INFINITY, () => undefined);
  assert.throws(() => call.delay(Number.NaN), InvalidArgumentError);
  assert.throws(() => call.delay('5' as unknown as number), InvalidArgumentError);
  assert.throws(() => call.delay(Number.NEGATIVE_INFINITY), InvalidArgumentError);
  assert.throws(() => call.reset(-1), InvalidArgumentError);
  assert.equal(call.getTime(), Number.POSITIVE_INFINITY);
  call.cancel();
});

test('delays beyond the longest timer of Node do not fire at once', async () => {
  const reactor = createReactor();
  let fired = false;
  const call = reactor.callLater(2 ** 31 + 5_000, () => {
    fired = true;
  });
  assert.ok(call.getTime() - reactor.now() > 2 ** 31);
  await later(reactor, 3);
  assert.equal(fired, false);
  call.reset(0);
  await later(reactor, 1);
  assert.equal(fired, true);
});

test('getDelayedCalls lists what is still to come', () => {
  const reactor = createReactor();
  const one = reactor.callLater(1e9, () => undefined);
  const two = reactor.callLater(1e8, () => undefined);
  assert.deepEqual(reactor.getDelayedCalls(), [one, two]);
  one.cancel();
  assert.deepEqual(reactor.getDelayedCalls(), [two]);
  two.cancel();
  assert.deepEqual(reactor.getDelayedCalls(), []);
});

test('a delayed call runs in the async context of the place that made it', async () => {
  const reactor = createReactor();
  const storage = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  storage.run('one', () => reactor.callLater(1, () => seen.push(storage.getStore())));
  storage.run('two', () => reactor.callLater(0, () => seen.push(storage.getStore())));
  await later(reactor, 2);
  assert.deepEqual(seen.toSorted(), ['one', 'two']);
});

test('a delayed call is shown with its function and its time', () => {
  const clock = new Clock();
  const call = clock.callLater(60_000, function poll() {});
  assert.equal(inspect(call), 'DelayedCall { poll, due in 60000 ms }');
  clock.advance(1);
  assert.equal(String(call), 'DelayedCall { poll, due in 59999 ms }');
  call.cancel();
  assert.equal(inspect(call), 'DelayedCall { poll, cancelled }');
});
