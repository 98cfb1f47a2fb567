import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CancelledError, Deferred, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { reactor } from 'heddle/reactor';
import { LoopingCall, LoopNotRunningError, LoopRunningError } from 'heddle/task';
import { assertNoResult, Clock, failureResultOf, MemoryReactor, successResultOf } from 'heddle/testing';
import { runProgram } from '../support/program.ts';

/** A loop on a clock of its own, and the times of its calls. */
function timedLoop(f: (calls: number) => unknown = () => undefined): {
  loop: LoopingCall;
  clock: Clock;
  times: number[];
} {
  const clock = new Clock();
  const times: number[] = [];
  const loop = new LoopingCall(() => {
    times.push(clock.now());
    return f(times.length);
  });
  loop.clock = clock;
  return { loop, clock, times };
}

test('a loop goes by the reactor of its thread unless it is given a clock', () => {
  assert.equal(new LoopingCall(() => undefined).clock, reactor);
});

test('start makes the first call before it returns, with the arguments of the loop', () => {
  const calls: unknown[] = [];
  const loop = new LoopingCall((...args: unknown[]) => calls.push(args), 'a', 1);
  loop.clock = new Clock();
  loop.start(1_000);
  assert.deepEqual(calls, [['a', 1]]);
});

test('started with now false, a loop waits an interval for its first call', () => {
  const { loop, clock, times } = timedLoop();
  loop.start(1_000, { now: false });
  assert.deepEqual(times, []);
  clock.advance(1_000);
  assert.deepEqual(times, [1_000]);
});

test('calls are made at whole intervals from the start', () => {
  const { loop, clock, times } = timedLoop();
  clock.advance(500);
  loop.start(300);
  clock.pump([300, 299, 1, 300]);
  assert.deepEqual(times, [500, 800, 1_100, 1_400]);
});

test('times that have passed are skipped, and the next call is at a whole interval again', () => {
  const { loop, clock, times } = timedLoop();
  loop.start(500);
  clock.advance(500);
  clock.advance(1_900);
  assert.deepEqual(times, [0, 500, 2_400]);
  clock.advance(99);
  assert.equal(times.length, 3);
  clock.advance(1);
  assert.deepEqual(times, [0, 500, 2_400, 2_500]);
});

test('a call that blocks past its next times skips them', () => {
  const { loop, clock, times } = timedLoop((calls) => {
    if (calls === 2) clock.advance(2_500);
  });
  loop.start(1_000);
  clock.advance(1_000);
  clock.advance(499);
  assert.deepEqual(times, [0, 1_000]);
  clock.advance(1);
  assert.deepEqual(times, [0, 1_000, 4_000]);
});

test('a call due exactly now waits for the next interval instead of being made twice', () => {
  const { loop, clock, times } = timedLoop((calls) => {
    if (calls === 1) clock.advance(1_000);
  });
  loop.start(1_000);
  clock.advance(0);
  assert.deepEqual(times, [0]);
  clock.advance(1_000);
  assert.deepEqual(times, [0, 2_000]);
});

test('an interval of 0 makes one call in every turn of the reactor', () => {
  const memory = new MemoryReactor();
  let calls = 0;
  const loop = new LoopingCall(() => {
    if (++calls === 5) loop.stop();
  });
  loop.clock = memory;
  const done = loop.start(0);
  assert.equal(calls, 1);
  memory.advance(0);
  assert.equal(calls, 5);
  assert.equal(successResultOf(done), loop);
});

test('with an interval of 0 the real reactor serves others between two calls', async () => {
  const order: string[] = [];
  const loop = new LoopingCall(() => {
    order.push('call');
    if (order.length === 1) setImmediate(() => order.push('other'));
    if (order.filter((entry) => entry === 'call').length === 3) loop.stop();
  });
  await loop.start(0);
  assert.equal(order.indexOf('other') < order.lastIndexOf('call'), true);
});

test('at an interval that floating-point numbers cannot hold no call is made twice, and none drifts off', () => {
  const { loop, clock, times } = timedLoop();
  loop.start(0.1);
  for (let i = 0; i < 1_000; i++) clock.advance(0.1);
  const boundaries = times.map((time) => Math.round(time * 10));
  assert.equal(new Set(boundaries).size, times.length);
  for (const [i, time] of times.entries()) assert.ok(Math.abs(time * 10 - (boundaries[i] as number)) < 1e-6);
});

test('stop fires the Deferred of start with the loop and takes the next call back', () => {
  const { loop, clock, times } = timedLoop();
  const done = loop.start(1_000);
  assertNoResult(done);
  loop.stop();
  assert.equal(successResultOf(done), loop);
  assert.deepEqual(clock.getDelayedCalls(), []);
  clock.advance(5_000);
  assert.deepEqual(times, [0]);
});

test('a loop that is stopped before its first call never makes it, and fires all the same', () => {
  const { loop, clock, times } = timedLoop();
  const done = loop.start(1_000, { now: false });
  loop.stop();
  clock.advance(5_000);
  assert.deepEqual(times, []);
  assert.equal(successResultOf(done), loop);
});

test('a loop that is stopped by a delayed call fires then', () => {
  const { loop, clock, times } = timedLoop();
  const done = loop.start(1_000);
  clock.callLater(1_500, () => loop.stop());
  clock.pump([1_000, 500]);
  assert.equal(successResultOf(done), loop);
  assert.deepEqual([times, clock.getDelayedCalls()], [[0, 1_000], []]);
});

test('a loop that is stopped by its own function fires when that returns', () => {
  let firedInside: boolean | undefined;
  const { loop, clock } = timedLoop((calls) => {
    if (calls < 2) return;
    loop.stop();
    firedInside = done.called;
  });
  const done = loop.start(1_000);
  clock.advance(1_000);
  assert.equal(firedInside, false);
  assert.equal(successResultOf(done), loop);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a loop that is stopped by its very first call fires before start returns', () => {
  const { loop } = timedLoop(() => loop.stop());
  assert.equal(successResultOf(loop.start(1_000)), loop);
});

test('running, interval and startTime tell how the loop stands', () => {
  const { loop, clock } = timedLoop();
  assert.deepEqual([loop.running, loop.interval, loop.startTime], [false, undefined, undefined]);
  clock.advance(7);
  loop.start(1_000);
  assert.deepEqual([loop.running, loop.interval, loop.startTime], [true, 1_000, 7]);
  loop.stop();
  assert.equal(loop.running, false);
});

test('while the Deferred of a call is pending, no other call is scheduled', () => {
  const answers: Deferred<void>[] = [];
  const { loop, clock, times } = timedLoop(() => {
    const answer = new Deferred<void>();
    answers.push(answer);
    return answer;
  });
  loop.start(1_000);
  assert.deepEqual(clock.getDelayedCalls(), []);
  clock.advance(2_500);
  assert.deepEqual(times, [0]);
  answers[0]?.callback();
  assert.equal(clock.getDelayedCalls().length, 1);
  clock.advance(499);
  assert.deepEqual(times, [0]);
  clock.advance(1);
  assert.deepEqual(times, [0, 3_000]);
});

test('the promise of an async function holds the next call like a Deferred', async () => {
  const { loop, clock, times } = timedLoop(async () => {
    await Promise.resolve();
  });
  loop.start(1_000);
  clock.advance(1_000);
  assert.deepEqual(times, [0]);
  await new Promise(setImmediate);
  clock.advance(1_000);
  assert.deepEqual(times, [0, 2_000]);
});

test('stopped while the Deferred of a call is pending, the loop fires when that ends and does not cancel it', () => {
  let cancelled = false;
  const answer = new Deferred<void>(() => {
    cancelled = true;
  });
  const { loop, clock } = timedLoop(() => answer);
  const done = loop.start(1_000);
  loop.stop();
  assert.equal(loop.running, false);
  assertNoResult(done);
  answer.callback();
  assert.equal(successResultOf(done), loop);
  assert.equal(cancelled, false);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a call that fails after the loop was stopped is the failure of the start', () => {
  const answer = new Deferred<void>();
  const { loop } = timedLoop(() => answer);
  const done = loop.start(1_000);
  loop.stop();
  answer.errback(new RangeError('mine'));
  assert.equal(failureResultOf(done, RangeError).value.message, 'mine');
});

test('a function that throws ends the loop, and its error is the failure of the start', () => {
  const { loop, clock, times } = timedLoop((calls) => {
    if (calls === 2) throw new RangeError('mine');
  });
  const done = loop.start(1_000);
  clock.advance(1_000);
  assert.equal(failureResultOf(done, RangeError).value.message, 'mine');
  assert.equal(loop.running, false);
  clock.advance(5_000);
  assert.deepEqual(times, [0, 1_000]);
});

test('a function that throws at its first call fails the start instead of throwing out of it', () => {
  const { loop } = timedLoop(() => {
    throw new RangeError('mine');
  });
  failureResultOf(loop.start(1_000), RangeError);
});

test('a function whose Deferred fails ends the loop likewise', () => {
  const { loop, clock } = timedLoop((calls) => (calls === 1 ? succeed(1) : fail(new RangeError('mine'))));
  const done = loop.start(1_000);
  clock.advance(1_000);
  failureResultOf(done, RangeError);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a failure of a later turn ends the loop likewise', () => {
  const answer = new Deferred<void>();
  const { loop } = timedLoop(() => answer);
  const done = loop.start(1_000);
  answer.errback(new RangeError('mine'));
  failureResultOf(done, RangeError);
  assert.equal(loop.running, false);
});

test('a stopped loop can be started again, with another interval and a Deferred of its own', () => {
  const { loop, clock, times } = timedLoop();
  const first = loop.start(1_000);
  loop.stop();
  const second = loop.start(300);
  clock.advance(300);
  assert.deepEqual(times, [0, 0, 300]);
  assert.equal(successResultOf(first), loop);
  assertNoResult(second);
});

test('a loop that is stopped and started by its own call ends the first run and goes on with the second', () => {
  const runs: Deferred<LoopingCall>[] = [];
  const { loop, clock, times } = timedLoop((calls) => {
    if (calls !== 2) return;
    loop.stop();
    runs.push(loop.start(100, { now: false }));
  });
  runs.push(loop.start(1_000));
  clock.advance(1_000);
  const [first, second] = runs.toReversed();
  assert.equal(successResultOf(second as Deferred<LoopingCall>), loop);
  clock.advance(100);
  assert.deepEqual(times, [0, 1_000, 1_100]);
  assertNoResult(first as Deferred<LoopingCall>);
});

test('cancelling the Deferred of start stops the loop', () => {
  const { loop, clock, times } = timedLoop();
  const done = loop.start(1_000);
  const cause = new Error('enough');
  done.cancel(cause);
  assert.equal(failureResultOf(done, CancelledError).value.cause, cause);
  assert.equal(loop.running, false);
  assert.deepEqual(clock.getDelayedCalls(), []);
  clock.advance(5_000);
  assert.deepEqual(times, [0]);
});

test('cancelling the Deferred of start cancels the call under way and settles at once', () => {
  let cancelled = 0;
  const { loop } = timedLoop(() => new Deferred<void>(() => void cancelled++));
  const done = loop.start(1_000);
  done.cancel();
  failureResultOf(done, CancelledError);
  assert.equal(cancelled, 1);
});

test('a call under way that cannot be cancelled ends after the loop without a word', () => {
  const answer = new Deferred<void>(() => answer.addCallback(() => undefined));
  const { loop, clock } = timedLoop(() => answer);
  loop
    .start(1_000)
    .addErrback(() => undefined)
    .cancel();
  assert.equal(answer.called, true);
  assert.equal(loop.running, false);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a function that cancels its own loop has its Deferred cancelled as well', () => {
  let cancelled = 0;
  const { loop, clock } = timedLoop((calls) => {
    if (calls === 1) return undefined;
    done.cancel();
    return new Deferred<void>(() => void cancelled++);
  });
  const done = loop.start(1_000);
  clock.advance(1_000);
  failureResultOf(done, CancelledError);
  assert.equal(cancelled, 1);
  assert.deepEqual(clock.getDelayedCalls(), []);
});

test('a signal ends a loop by way of the Deferred of start', () => {
  const controller = new AbortController();
  const { loop } = timedLoop();
  const done = loop.start(1_000).cancelOn(controller.signal);
  controller.abort(new Error('enough'));
  assert.equal(failureResultOf(done, CancelledError).value.code, 'ABORT_ERR');
  assert.equal(loop.running, false);
});

test('reset makes the next call due one interval from now, and later ones after it', () => {
  const { loop, clock, times } = timedLoop();
  loop.start(1_000);
  clock.advance(700);
  loop.reset();
  assert.equal(loop.startTime, 700);
  clock.advance(300);
  assert.deepEqual(times, [0]);
  clock.pump([700, 1_000]);
  assert.deepEqual(times, [0, 1_700, 2_700]);
});

test('reset during a call counts the later times from then on', () => {
  const answer = new Deferred<void>();
  const { loop, clock, times } = timedLoop((calls) => (calls === 1 ? answer : undefined));
  loop.start(1_000);
  clock.advance(300);
  loop.reset();
  clock.advance(100);
  answer.callback();
  clock.advance(899);
  assert.deepEqual(times, [0]);
  clock.advance(1);
  assert.deepEqual(times, [0, 1_300]);
});

test('a loop that runs is not started again', () => {
  const { loop } = timedLoop();
  loop.start(1_000);
  assert.throws(() => loop.start(1_000), LoopRunningError);
});

test('a loop that does not run is neither stopped nor reset', () => {
  const { loop } = timedLoop();
  assert.throws(() => loop.stop(), LoopNotRunningError);
  assert.throws(() => loop.reset(), LoopNotRunningError);
  loop.start(1_000);
  loop.stop();
  assert.throws(() => loop.stop(), LoopNotRunningError);
});

test('an interval that is none is refused, and the loop does not run', () => {
  const { loop, times } = timedLoop();
  for (const interval of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
    assert.throws(() => loop.start(interval), InvalidArgumentError);
  }
  assert.throws(() => loop.start(1, { now: 1 as unknown as boolean }), /The option now/);
  assert.throws(() => loop.start(1, { later: true } as object), /has no option 'later'/);
  assert.equal(loop.running, false);
  assert.deepEqual(times, []);
});

test('what is no function is refused when the loop is made', () => {
  assert.throws(() => new LoopingCall(1 as unknown as () => void), InvalidArgumentError);
});

test('the calls of a loop run in the async context of its start', () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const answers: Deferred<void>[] = [];
  const { loop, clock } = timedLoop(() => {
    seen.push(storage.getStore());
    const answer = new Deferred<void>();
    answers.push(answer);
    return answer;
  });
  storage.run('start', () => loop.start(1_000));
  storage.run('elsewhere', () => answers[0]?.callback());
  clock.advance(1_000);
  assert.deepEqual(seen, ['start', 'start']);
});

test('a loop that is reset elsewhere calls in the async context of its start', () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const { loop, clock } = timedLoop(() => {
    seen.push(storage.getStore());
  });
  storage.run('start', () => loop.start(1_000));
  storage.run('elsewhere', () => loop.reset());
  clock.advance(1_000);
  assert.deepEqual(seen, ['start', 'start']);
});

test('a loop is shown with the name of its function and its interval', () => {
  function poll(): void {}
  const loop = new LoopingCall(poll);
  loop.clock = new Clock();
  assert.equal(inspect(loop), 'LoopingCall { poll, not running }');
  loop.start(250);
  assert.equal(inspect(loop), 'LoopingCall { poll, every 250 ms }');
});

test('the reactor makes no further call when it has stopped', async () => {
  const memory = new MemoryReactor();
  let calls = 0;
  const loop = new LoopingCall(() => void calls++);
  loop.clock = memory;
  const stopped = memory.run();
  loop.start(1_000);
  memory.stop();
  memory.advance(0);
  await stopped;
  memory.advance(5_000);
  assert.equal(calls, 1);
  assert.deepEqual(memory.getDelayedCalls(), []);
});

test('a loop can be stopped, and begun anew, when a reactor that has stopped makes none of its calls', async () => {
  for (const end of ['stop', 'cancel', 'reset'] as const) {
    const memory = new MemoryReactor();
    const loop = new LoopingCall(() => {});
    loop.clock = memory;
    const done = loop.start(1_000);
    const over = memory.run();
    memory.stop();
    memory.advance(0);
    await over;
    if (end === 'cancel') done.cancel();
    else loop[end]();
    assert.equal(loop.running, end === 'reset');
    if (end === 'reset') loop.stop();
    if (end === 'cancel') assert.ok(failureResultOf(done).value instanceof CancelledError);
    else assert.equal(successResultOf(done), loop);
  }
});

test('a loop calls a function whatever it has for a name', () => {
  const clock = new Clock();
  const times: number[] = [];
  const loop = new LoopingCall(Object.defineProperty(() => times.push(clock.now()), 'name', { value: Symbol('odd') }));
  loop.clock = clock;
  loop.start(1_000);
  clock.advance(1_000);
  assert.deepEqual(times, [0, 1_000]);
});

test('the next call of a loop names the function, and of places only one of the program’s', async () => {
  const { stdout } = await runProgram(`
    import { reactor } from 'heddle/reactor';
    import { setDebugging } from 'heddle/defer';
    import { LoopingCall } from 'heddle/task';
    setDebugging(true);
    const list = () => console.log(reactor.getDelayedCalls().join());
    let calls = 0;
    const loop = new LoopingCall(function heartbeat() {
      if (++calls === 2) setImmediate(() => { list(); loop.stop(); });
    });
    loop.start(60, { now: false });
    list();
  `);
  const [first, later] = stdout.split('\n');
  assert.match(first!, /^DelayedCall \{ LoopingCall of heartbeat, due in \d+ ms, made at \S+:11:10 \}$/);
  // Nobody but the loop itself has made the next.
  assert.match(later!, /^DelayedCall \{ LoopingCall of heartbeat, due in \d+ ms \}$/);
});

test('a loop whose Deferred somebody has fired calls no more, and can be stopped and started again', () => {
  for (const [isStopped, isUnderWay] of [
    [false, false],
    [true, false],
    [false, true],
  ]) {
    const work = new Deferred<void>();
    const { loop, clock, times } = timedLoop((calls) => (isUnderWay && calls === 1 ? work : undefined));
    loop.start(1_000).callback(loop);
    work.callback();
    if (isStopped) loop.stop();
    clock.pump([1_000, 1_000]);
    assert.deepEqual([times, loop.running, clock.getDelayedCalls()], [[0], false, []]);
    loop.start(1_000);
    assert.deepEqual(times, [0, 2_000]);
  }
});

for (const [what, broken] of [
  ['throws', (): never => assert.fail('no time left')],
  ['gives nothing to take the call back by', () => undefined],
] as const) {
  test(`a loop whose clock ${what} has ended, and fails`, () => {
    const clock = new Clock();
    let calls = 0;
    const loop = new LoopingCall(() => ++calls);
    loop.clock = {
      now: () => clock.now(),
      callLater: (delay, f) => (calls < 2 ? clock.callLater(delay, f) : (broken() as never)),
    };
    const done = loop.start(1_000);
    clock.advance(1_000);
    assert.equal(calls, 2);
    assert.equal(loop.running, false);
    failureResultOf(done, what === 'throws' ? assert.AssertionError : InvalidArgumentError);
    loop.clock = { now: () => 0, callLater: broken as never };
    failureResultOf(loop.start(1_000, { now: false }));
    assert.equal(loop.running, false);
  });
}
