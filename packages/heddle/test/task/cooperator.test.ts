import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, test } from 'node:test';
import { CancelledError, Deferred, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { CooperativeTask, Cooperator, coiterate, cooperate, SchedulerError, SchedulerStopped } from 'heddle/task';
import { assertNoResult, Clock, failureResultOf, MemoryReactor, successResultOf } from 'heddle/testing';
import { HandTurned } from '../support/hand-turned.ts';
import { runProgram } from '../support/program.ts';

/** Writes its name into `log` at each step. */
function* steps<R = undefined>(log: string[], name: string, count: number, result?: R): Generator<undefined, R> {
  for (let i = 0; i < count; i++) {
    log.push(name);
    yield;
  }
  return result as R;
}

test('a task makes no step before the next turn', () => {
  const log: string[] = [];
  const { cooperator } = new HandTurned();
  cooperator.cooperate(steps(log, 'a', 3));
  assert.deepEqual(log, []);
});

test('tasks make one step each in turn', () => {
  const log: string[] = [];
  const hand = new HandTurned();
  hand.cooperator.cooperate(steps(log, 'a', 3));
  hand.cooperator.cooperate(steps(log, 'b', 2));
  hand.cooperator.cooperate(steps(log, 'c', 3));
  hand.turns();
  assert.equal(log.join(''), 'abcabcac');
});

test('a round goes on in the next turn where the last one ended', () => {
  const log: string[] = [];
  const hand = new HandTurned({ steps: 2 });
  for (const name of ['a', 'b', 'c']) hand.cooperator.cooperate(steps(log, name, 2));
  hand.turn();
  assert.equal(log.join(''), 'ab');
  hand.turn();
  assert.equal(log.join(''), 'abca');
});

test('a turn makes at least one step, however short its time slice is', () => {
  const log: string[] = [];
  const turns: (() => void)[] = [];
  const scheduler = (turn: () => void): { cancel: () => void } => {
    turns.push(turn);
    return { cancel: () => {} };
  };
  const cooperator = new Cooperator({ timeSlice: 0, scheduler });
  cooperator.cooperate(steps(log, 'a', 2));
  turns.shift()?.();
  assert.deepEqual(log, ['a']);
});

test('a turn ends when its time slice is used up, and the next one is asked for', () => {
  const clock = new Clock();
  const turns: (() => void)[] = [];
  const cooperator = new Cooperator({
    timeSlice: 10,
    clock,
    scheduler: (turn) => {
      turns.push(turn);
      return { cancel: () => {} };
    },
  });
  let made = 0;
  cooperator.cooperate(
    (function* () {
      for (;;) {
        made++;
        clock.advance(3);
        yield;
      }
    })(),
  );
  turns.shift()?.();
  assert.equal(made, 4);
  turns.shift()?.();
  assert.equal(made, 8);
  assert.equal(turns.length, 1);
});

test('steps that become long within a turn overrun the time slice by seven of them at most', () => {
  const clock = new Clock();
  const turns: (() => void)[] = [];
  const cooperator = new Cooperator({
    timeSlice: 10,
    clock,
    scheduler: (turn) => {
      turns.push(turn);
      return { cancel: () => {} };
    },
  });
  let long = 0;
  cooperator.cooperate(
    (function* () {
      for (let i = 0; i < 1_000; i++) yield;
      for (;;) {
        long++;
        clock.advance(10);
        yield;
      }
    })(),
  );
  turns.shift()?.();
  assert.ok(long >= 1 && long <= 8, `${long} long steps`);
  long = 0;
  turns.shift()?.();
  assert.equal(long, 1);
});

test('whoever is added during a turn has its step at the end of the round', () => {
  const log: string[] = [];
  const hand = new HandTurned({ steps: 4 });
  hand.cooperator.cooperate(
    (function* () {
      log.push('a');
      hand.cooperator.cooperate(steps(log, 'c', 1));
      yield;
      log.push('a');
    })(),
  );
  hand.cooperator.cooperate(steps(log, 'b', 1));
  hand.turn();
  assert.equal(log.join(''), 'abca');
});

test('a turn is asked for once, however many tasks there are, and none when there is none', () => {
  const hand = new HandTurned();
  for (let i = 0; i < 5; i++) hand.cooperator.cooperate(steps([], 'a', 1));
  assert.equal(hand.asked, 1);
  hand.turns();
  assert.equal(hand.waiting, 0);
});

test('the turn that was asked for is taken back when the last task is taken away', () => {
  const hand = new HandTurned();
  const done = hand.cooperator.coiterate(steps([], 'a', 5));
  assert.equal(hand.waiting, 1);
  hand.cooperator.stop();
  assert.equal(hand.waiting, 0);
  failureResultOf(done, SchedulerStopped);
});

test('a cooperator that is not started has its tasks wait for start', () => {
  const log: string[] = [];
  const hand = new HandTurned({ started: false });
  hand.cooperator.cooperate(steps(log, 'a', 1));
  assert.deepEqual([hand.cooperator.running, hand.waiting], [false, 0]);
  hand.cooperator.start();
  assert.deepEqual([hand.cooperator.running, hand.waiting], [true, 1]);
  hand.turns();
  assert.deepEqual(log, ['a']);
});

test('a cooperator runs from the beginning, when it is started again it goes on, and when it is stopped it does not run', () => {
  const { cooperator } = new HandTurned();
  assert.equal(cooperator.running, true);
  cooperator.start();
  assert.equal(cooperator.running, true);
  cooperator.stop();
  assert.equal(cooperator.running, false);
  cooperator.start();
  assert.equal(cooperator.running, true);
});

describe('stop', () => {
  test('fails all tasks that are not done with SchedulerStopped', () => {
    const hand = new HandTurned();
    const first = hand.cooperator.cooperate(steps([], 'a', 5)).whenDone();
    const second = hand.cooperator.coiterate(steps([], 'b', 5));
    hand.turn();
    hand.cooperator.stop();
    for (const done of [first, second]) {
      assert.ok(failureResultOf(done, SchedulerStopped).value instanceof SchedulerError);
    }
  });

  test('fails paused tasks, and those that wait for a Deferred, as well', () => {
    const hand = new HandTurned();
    const paused = hand.cooperator.cooperate(steps([], 'a', 5));
    paused.pause();
    const waiting = hand.cooperator.cooperate([new Deferred<void>()]);
    hand.turns();
    const ends = [paused.whenDone(), waiting.whenDone()];
    hand.cooperator.stop();
    for (const done of ends) failureResultOf(done, SchedulerStopped);
    paused.resume();
    assert.equal(hand.waiting, 0);
  });

  test('fails tasks that are added afterwards, which make no step', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    hand.cooperator.stop();
    failureResultOf(hand.cooperator.coiterate(steps(log, 'a', 1)), SchedulerStopped);
    failureResultOf(hand.cooperator.cooperate(steps(log, 'a', 1)).whenDone(), SchedulerStopped);
    hand.turns();
    assert.deepEqual(log, []);
  });

  test('may be called by a task, which runs no further', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    const task = hand.cooperator.cooperate(
      (function* () {
        log.push('before');
        hand.cooperator.stop();
        yield;
        log.push('after');
      })(),
    );
    hand.turns();
    assert.deepEqual(log, ['before']);
    failureResultOf(task.whenDone(), SchedulerStopped);
  });

  test('may be called by those who wait for the end of a task, while others go on ending', () => {
    const hand = new HandTurned({ steps: 10 });
    const first = hand.cooperator.cooperate(steps([], 'a', 1));
    const second = hand.cooperator.cooperate(steps([], 'b', 9)).whenDone();
    first.whenDone().addCallback(() => hand.cooperator.stop());
    hand.turns();
    failureResultOf(second, SchedulerStopped);
    assert.equal(hand.waiting, 0);
  });

  test('lets tasks that are added after a new start run', () => {
    const hand = new HandTurned();
    hand.cooperator.stop();
    hand.cooperator.start();
    const done = hand.cooperator.coiterate(steps([], 'a', 2, 'result'));
    hand.turns();
    assert.equal(successResultOf(done), 'result');
  });
});

describe('what a task yields', () => {
  test('a Deferred holds the task until it fires, and the generator goes on with its value', () => {
    const hand = new HandTurned();
    const answer = new Deferred<number>();
    let got: unknown;
    hand.cooperator.cooperate(
      (function* (): Generator<unknown, void, unknown> {
        got = yield answer;
      })(),
    );
    hand.turns();
    assert.equal(hand.waiting, 0);
    answer.callback(7);
    assert.equal(got, undefined);
    hand.turns();
    assert.equal(got, 7);
  });

  test('a Deferred that is waited for keeps its value for others', () => {
    const hand = new HandTurned();
    const answer = succeed(7);
    hand.cooperator.cooperate([answer]);
    hand.turns();
    assert.equal(successResultOf(answer), 7);
  });

  test('a Deferred that has fired holds the task for no longer than its turn', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    hand.cooperator.cooperate(
      (function* () {
        log.push('a');
        yield succeed(1);
        log.push('a');
      })(),
    );
    hand.cooperator.cooperate(steps(log, 'b', 2));
    hand.turns();
    assert.equal(log.join(''), 'abab');
  });

  test('a Deferred that fails ends the task with its failure', () => {
    const hand = new HandTurned();
    const answer = new Deferred<number>();
    const done = hand.cooperator.coiterate([answer, 'never']);
    hand.turns();
    answer.errback(new RangeError('mine'));
    assert.equal(failureResultOf(done, RangeError).value.message, 'mine');
    assert.equal(hand.waiting, 0);
  });

  test('a Deferred that has failed already ends the task likewise', () => {
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate([fail(new RangeError('mine'))]);
    hand.turns();
    failureResultOf(done, RangeError);
  });

  test('other tasks go on while one waits for a Deferred', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    hand.cooperator.cooperate([new Deferred<void>()]);
    hand.cooperator.cooperate(steps(log, 'b', 3));
    hand.turns();
    assert.equal(log.join(''), 'bbb');
  });

  test('a promise holds the task like a Deferred', async () => {
    let got: unknown;
    await coiterate(
      (function* (): Generator<unknown, void, unknown> {
        got = yield Promise.resolve(7);
      })(),
    );
    assert.equal(got, 7);
    const rejected = coiterate(
      (function* () {
        yield Promise.reject(new RangeError('mine'));
      })(),
    );
    await assert.rejects(rejected.toPromise(), new RangeError('mine'));
  });
});

describe('the end of a task', () => {
  test('is what the generator returns', () => {
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate(steps([], 'a', 2, 'result'));
    assertNoResult(done);
    hand.turns();
    assert.equal(successResultOf(done), 'result');
  });

  test('waits for a Deferred or a promise that the generator returns', () => {
    const hand = new HandTurned();
    const answer = new Deferred<number>();
    const done = hand.cooperator.coiterate(
      (function* (): Generator<undefined, Deferred<number>> {
        yield;
        return answer;
      })(),
    );
    hand.turns();
    assertNoResult(done);
    answer.callback(7);
    assert.equal(successResultOf(done), 7);
  });

  test('is what the generator throws', () => {
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate(
      (function* () {
        yield;
        throw new RangeError('mine');
      })(),
    );
    hand.turns();
    assert.equal(failureResultOf(done, RangeError).value.message, 'mine');
    assert.equal(hand.waiting, 0);
  });

  test('does not touch other tasks', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    const failed = hand.cooperator.coiterate(
      (function* () {
        yield;
        throw new RangeError('mine');
      })(),
    );
    hand.cooperator.cooperate(steps(log, 'b', 2));
    hand.turns();
    failureResultOf(failed, RangeError);
    assert.equal(log.join(''), 'bb');
  });
});

test('whoever is told of the end of a task may begin the next one with the same cooperator, again and again', () => {
  const log: string[] = [];
  const hand = new HandTurned({ steps: 100 });
  const again = (left: number): Deferred<unknown> =>
    hand.cooperator.coiterate(steps(log, String(left), 1)).addCallback(() => (left === 0 ? 'end' : again(left - 1)));
  const done = again(5);
  hand.turns();
  assert.equal(log.join(''), '543210');
  assert.equal(successResultOf(done), 'end');
});

test('a thousand tasks of different lengths all come to their end', () => {
  const log: string[] = [];
  const hand = new HandTurned({ steps: 7 });
  const ends = Array.from({ length: 1_000 }, (_, i) => hand.cooperator.coiterate(steps(log, '', i % 13, i)));
  hand.turns();
  assert.deepEqual(ends.map(successResultOf), [...ends.keys()]);
});

describe('what can be a task', () => {
  test('an iterator without a return, an array, a Set and an object with an iterator', () => {
    const hand = new HandTurned();
    let left = 3;
    const bare = {
      next: () => (left-- === 0 ? { done: true as const, value: 'end' } : { done: false as const, value: undefined }),
    };
    const ends = [bare, [1, 2], new Set([1]), { [Symbol.iterator]: () => [1][Symbol.iterator]() }].map((pieces) =>
      hand.cooperator.coiterate<unknown, unknown>(pieces),
    );
    hand.turns();
    assert.deepEqual(ends.map(successResultOf), ['end', undefined, undefined, undefined]);
    assert.equal(left, -1);
  });

  test('an async generator, each of whose steps waits for the one before', async () => {
    const log: string[] = [];
    async function* work(name: string): AsyncGenerator<undefined, string> {
      for (let i = 0; i < 3; i++) {
        log.push(name);
        await Promise.resolve();
        yield;
      }
      return name;
    }
    assert.deepEqual(await Promise.all([coiterate(work('a')), coiterate(work('b'))]), ['a', 'b']);
    assert.equal(log.filter((name) => name === 'a').length, 3);
  });

  test('an async iterator that is no generator', async () => {
    let left = 2;
    const bare = { next: async () => ({ done: left-- === 0, value: 'end' }) };
    assert.equal(await coiterate<string, string>(bare as AsyncIterator<string, string>), 'end');
  });

  test('an async generator that throws fails the task', async () => {
    const done = coiterate(
      (async function* () {
        yield;
        throw new RangeError('mine');
      })(),
    );
    await assert.rejects(done.toPromise(), new RangeError('mine'));
  });

  test('nothing else: a generator function is refused with the advice to call it', () => {
    const { cooperator } = new HandTurned();
    function* work(): Generator<undefined> {
      yield;
    }
    assert.throws(() => cooperator.cooperate(work as never), /Call the generator function/);
    for (const wrong of [undefined, null, 1, 'text', {}, Promise.resolve([])]) {
      assert.throws(() => cooperator.cooperate(wrong as never), InvalidArgumentError);
    }
  });
});

describe('progress', () => {
  test('is told once a turn, with what was yielded last', () => {
    const hand = new HandTurned({ steps: 3 });
    const told: number[] = [];
    hand.cooperator.cooperate([1, 2, 3, 4, 5, 6, 7], { onProgress: (n) => void told.push(n) });
    hand.turn();
    assert.deepEqual(told, [3]);
    hand.turns();
    assert.deepEqual(told, [3, 6, 7]);
  });

  test('is told before the task is done', () => {
    const hand = new HandTurned({ steps: 10 });
    const order: unknown[] = [];
    const task = hand.cooperator.cooperate([1, 2], { onProgress: (n) => void order.push(n) });
    task.whenDone().addCallback(() => order.push('done'));
    hand.turns();
    assert.deepEqual(order, [2, 'done']);
  });

  test('is neither undefined nor a Deferred', () => {
    const hand = new HandTurned();
    const told: unknown[] = [];
    hand.cooperator.cooperate([undefined, succeed(1), 0, null], { onProgress: (value) => void told.push(value) });
    hand.turns();
    assert.deepEqual(told, [0, null]);
  });

  test('that nobody can take in ends the task with the error', () => {
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate([1, 2], {
      onProgress: () => {
        throw new RangeError('mine');
      },
    });
    hand.turns();
    failureResultOf(done, RangeError);
  });

  test('of a task that was stopped is not told any more', () => {
    const hand = new HandTurned({ steps: 2 });
    const told: number[] = [];
    const task = hand.cooperator.cooperate([1, 2, 3], { onProgress: (n) => void told.push(n) });
    hand.cooperator.cooperate(
      (function* () {
        task.stop();
        yield;
      })(),
    );
    hand.turns();
    assert.deepEqual(told, []);
  });
});

describe('a signal', () => {
  test('ends its task: the failure is a CancelledError with the reason as its cause', () => {
    const controller = new AbortController();
    const log: string[] = [];
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate(steps(log, 'a', 5), { signal: controller.signal });
    hand.turn();
    const reason = new Error('enough');
    controller.abort(reason);
    const { value } = failureResultOf(done, CancelledError);
    assert.deepEqual([value.code, value.cause], ['ABORT_ERR', reason]);
    hand.turns();
    assert.deepEqual(log, ['a']);
    assert.equal(hand.waiting, 0);
  });

  test('that is aborted already keeps the task from its first step', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    const done = hand.cooperator.coiterate(steps(log, 'a', 5), { signal: AbortSignal.abort() });
    failureResultOf(done, CancelledError);
    hand.turns();
    assert.deepEqual(log, []);
  });

  test('is not listened to when its task has ended', () => {
    let listeners = 0;
    const { signal } = new AbortController();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]): void => {
      listeners++;
      Reflect.apply(addEventListener, signal, args);
    };
    signal.removeEventListener = (...args: unknown[]): void => {
      listeners--;
      Reflect.apply(removeEventListener, signal, args);
    };
    const hand = new HandTurned();
    hand.cooperator.cooperate([1], { signal });
    assert.equal(listeners, 1);
    hand.turns();
    assert.equal(listeners, 0);
  });
});

describe('priority', () => {
  test('gives the higher ones their turns, and one step of eight to the task that has waited longest', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    hand.cooperator.cooperate(steps(log, 'l', 100), { priority: -1 });
    hand.cooperator.cooperate(steps(log, 'h', 100), { priority: 1 });
    for (let i = 0; i < 24; i++) hand.turn();
    assert.equal(log.join(''), 'hhhhhhhlhhhhhhhlhhhhhhhl');
  });

  test('goes round among equals', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    for (const name of ['a', 'b']) hand.cooperator.cooperate(steps(log, name, 3), { priority: 5 });
    hand.turns();
    assert.equal(log.join(''), 'ababab');
  });

  test('starves nobody, however many priorities there are', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const [priority, name] of names.entries()) hand.cooperator.cooperate(steps(log, name, 1_000), { priority });
    for (let i = 0; i < 8 * names.length; i++) hand.turn();
    assert.deepEqual([...new Set(log)].sort(), names);
  });

  test('counts for nothing when the others wait', () => {
    const log: string[] = [];
    const hand = new HandTurned();
    hand.cooperator.cooperate([new Deferred<void>()], { priority: 9 });
    hand.cooperator.cooperate(steps(log, 'l', 3));
    hand.turns();
    assert.deepEqual(log, ['l', 'l', 'l']);
  });
});

describe('a time slice of its own', () => {
  function limited(): { clock: Clock; turn: () => boolean; cooperator: Cooperator } {
    const clock = new Clock();
    const turns: (() => void)[] = [];
    const cooperator = new Cooperator({
      clock,
      timeSlice: 10,
      scheduler: (turn) => {
        turns.push(turn);
        return { cancel: () => void turns.splice(turns.indexOf(turn), 1) };
      },
    });
    const turn = (): boolean => {
      const next = turns.shift();
      next?.();
      return next !== undefined;
    };
    return { clock, turn, cooperator };
  }

  function* taking(clock: Clock, milliseconds: number, made: () => void): Generator<undefined> {
    for (;;) {
      made();
      clock.advance(milliseconds);
      yield;
    }
  }

  test('ends a task s share of a turn, and the rest of the turn is for others', () => {
    const { clock, turn, cooperator } = limited();
    const log: string[] = [];
    cooperator.cooperate(
      taking(clock, 1, () => log.push('l')),
      { timeSlice: 2 },
    );
    cooperator.cooperate(taking(clock, 1, () => log.push('o')));
    turn();
    assert.equal(log.join(''), 'lolooooooo');
    turn();
    assert.equal(log.slice(10).filter((name) => name === 'l').length, 2);
  });

  test('ends the turn when nobody else can go on, and the next one begins afresh', () => {
    const { clock, turn, cooperator } = limited();
    let made = 0;
    cooperator.cooperate(
      taking(clock, 1, () => made++),
      { timeSlice: 3 },
    );
    turn();
    assert.equal(made, 3);
    assert.equal(turn(), true);
    assert.equal(made, 6);
  });

  test('can be paused, resumed and stopped while its share is used up', () => {
    const { clock, turn, cooperator } = limited();
    let made = 0;
    const task = cooperator.cooperate(
      taking(clock, 5, () => made++),
      { timeSlice: 5 },
    );
    turn();
    task.pause();
    assert.equal(turn(), false);
    task.resume();
    assert.equal(turn(), true);
    assert.equal(made, 2);
    task.stop();
    assert.equal(turn(), false);
    assert.equal(made, 2);
  });
});

test('the pieces of a task run in the async context of the place that began it', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  function* look(): Generator<unknown> {
    seen.push(storage.getStore());
    yield Promise.resolve();
    seen.push(storage.getStore());
  }
  const tasks = ['a', 'b'].map((name) =>
    storage.run(name, () => cooperate(look(), { onProgress: () => undefined }).whenDone()),
  );
  await Promise.all(tasks);
  assert.deepEqual(seen.toSorted(), ['a', 'a', 'b', 'b']);
});

test('options that cannot be are refused by name', () => {
  for (const options of [
    { timeSlice: -1 },
    { clock: {} },
    { scheduler: 1 },
    { terminationPredicateFactory: 1 },
    { started: 1 },
    { slice: 1 },
  ]) {
    assert.throws(() => new Cooperator(options as never), InvalidArgumentError);
  }
  for (const options of [
    { timeSlice: -1 },
    { priority: 0.5 },
    { priority: 101 },
    { signal: {} },
    { onProgress: 1 },
    { prio: 1 },
  ]) {
    assert.throws(() => cooperate([], options as never), InvalidArgumentError);
  }
});

describe('the cooperator that a program shares', () => {
  test('cooperate gives a CooperativeTask', async () => {
    const task = cooperate(steps([], 'a', 2, 'result'));
    assert.ok(task instanceof CooperativeTask);
    assert.equal(await task.whenDone(), 'result');
  });

  test('coiterate gives the Deferred of the end, and cancelling that stops the task', async () => {
    assert.equal(await coiterate(steps([], 'a', 2, 'result')), 'result');
    let closed = false;
    const endless = coiterate(
      (function* () {
        try {
          for (;;) yield;
        } finally {
          closed = true;
        }
      })(),
    );
    await new Promise(setImmediate);
    const cause = new Error('enough');
    endless.cancel(cause);
    assert.equal(failureResultOf(endless, CancelledError).value.cause, cause);
    assert.equal(closed, true);
  });

  test('shares the loop with everybody else', async () => {
    const loop = { turns: 0 };
    const count = (): void => {
      if (++loop.turns < 3) setImmediate(count);
    };
    setImmediate(count);
    const deadline = performance.now() + 30_000;
    await coiterate(
      (function* () {
        while (loop.turns < 3) {
          assert.ok(performance.now() < deadline, 'the loop does not turn');
          yield;
        }
      })(),
    );
  });
});

test('a task that is added to a cooperator which was started again while it stops is not stopped', () => {
  const hand = new HandTurned();
  const log: string[] = [];
  let again: CooperativeTask<unknown> | undefined;
  hand.cooperator.coiterate(steps(log, 'stopped', 3)).addErrback(() => {
    hand.cooperator.start();
    again = hand.cooperator.cooperate(steps(log, 'again', 2));
  });
  hand.cooperator.stop();
  hand.turns();
  assert.deepEqual(log, ['again', 'again']);
  assert.equal(successResultOf((again as CooperativeTask<unknown>).whenDone()), undefined);
});

test('a cooperator whose turn was taken back by a reactor that stopped can be stopped, and goes on where it runs again', async () => {
  const reactor = new MemoryReactor();
  const cooperator = new Cooperator({ scheduler: (turn) => reactor.callLater(0, turn) });
  const log: string[] = [];
  const first = cooperator.cooperate(steps(log, 'first', 3));
  const over = reactor.run();
  reactor.stop();
  reactor.advance(0);
  await over;
  log.length = 0;
  const second = cooperator.cooperate(steps(log, 'second', 1));
  reactor.pump([0, 0, 0, 0]);
  assert.equal(log.filter((name) => name === 'second').length, 1);
  assert.equal(successResultOf(second.whenDone()), undefined);
  assert.equal(successResultOf(first.whenDone()), undefined);
});

test('tasks are ended in order where a reactor that has stopped makes no more turns', async () => {
  const reactor = new MemoryReactor();
  const cooperator = new Cooperator({ scheduler: (turn) => reactor.callLater(1_000, turn) });
  let closed = false;
  const task = cooperator.cooperate(
    (function* (): Generator<undefined> {
      try {
        for (;;) yield;
      } finally {
        closed = true;
      }
    })(),
  );
  reactor.advance(1_000);
  const over = reactor.run();
  reactor.stop();
  reactor.advance(0);
  await over;
  task.stop();
  cooperator.stop();
  assert.ok(closed);
  assert.ok(failureResultOf(task.whenDone()).value instanceof SchedulerError);
});

test('a task that gives what throws when it is asked for its then fails, is closed, and holds up no other', async () => {
  const error = new Error('not to be looked at');
  const hostile = Object.defineProperty({}, 'then', {
    get: () => {
      throw error;
    },
  });
  const log: string[] = [];
  const hand = new HandTurned();
  const yields = hand.cooperator.coiterate(
    (function* () {
      try {
        yield hostile;
        log.push('went on');
      } finally {
        log.push('closed');
      }
    })(),
  );
  const returns = hand.cooperator.coiterate(
    (function* () {
      yield;
      return hostile;
    })(),
  );
  const steps = hand.cooperator.coiterate({ next: () => hostile as IteratorResult<unknown> });
  const step = { done: false, value: hostile };
  const promised = hand.cooperator.coiterate({ next: () => Promise.resolve(step) });
  const other = hand.cooperator.coiterate([1, 2, 3]);
  hand.turns();
  for (const deferred of [yields, returns, steps]) assert.equal(failureResultOf(deferred).value, error);
  successResultOf(other);
  assert.deepEqual(log, ['closed']);
  assert.equal(await promised.then(undefined, (reason: unknown) => reason), error);
});

test('a clock that stands still, as under fake timers, does not hold the loop up', async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { cooperate } from 'heddle/task';
    performance.now = () => 0;
    let isOver = false;
    setTimeout(() => (isOver = true), 20);
    await cooperate((function* () { while (!isOver) yield; })()).whenDone();
    console.log('over');
  `);
  assert.deepEqual([code, stdout, stderr], [0, 'over\n', '']);
});

test('the result of a task with a time slice of its own is not kept when it is done', async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { cooperate } from 'heddle/task';
      const run = async () => new WeakRef(await cooperate.map([1, 2, 3], (n) => ({ n }), { timeSlice: 5 }));
      const result = await run();
      for (let round = 0; round < 200 && result.deref() !== undefined; round++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      console.log(result.deref());
    `,
    ['--expose-gc'],
  );
  assert.deepEqual([code, stdout, stderr], [0, 'undefined\n', '']);
});

describe('what a cooperator is given and throws', () => {
  const broken = (): never => {
    throw new RangeError('mine');
  };

  for (const [name, options] of [
    ['scheduler', { scheduler: broken }],
    ['terminationPredicateFactory', { terminationPredicateFactory: broken }],
    ['end of a turn', { terminationPredicateFactory: () => broken }],
    ['clock', { clock: { now: broken } }],
  ] as const) {
    test(`fails the tasks, which would have no turns any more (${name})`, async () => {
      const cooperator = new Cooperator(options);
      const ended = ['one', 'another'].map((task) => cooperator.coiterate(steps([], task, 100)));
      for (const end of ended) await assert.rejects(end, { name: 'RangeError', message: 'mine' });
    });
  }

  test('keeps no task from its end where a turn is taken back', () => {
    // What it throws is reported as a failure that nobody handled, which this one is not.
    const cancelled = new CancelledError();
    const cooperator = new Cooperator({
      scheduler: () => ({
        cancel: () => {
          throw cancelled;
        },
      }),
    });
    const ended = ['one', 'another'].map((task) => cooperator.coiterate(steps([], task, 2)));
    cooperator.stop();
    for (const end of ended) failureResultOf(end, SchedulerStopped);
  });
});
