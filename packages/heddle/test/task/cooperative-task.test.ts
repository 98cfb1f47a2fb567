import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { describe, test } from 'node:test';
import { CancelledError, Deferred, fail, InvalidArgumentError, NotPausedError } from 'heddle/defer';
import {
  type CooperativeTask,
  cooperate,
  SchedulerError,
  SchedulerStopped,
  TaskDone,
  TaskFailed,
  TaskFinished,
  TaskStopped,
} from 'heddle/task';
import { assertNoResult, failureResultOf, successResultOf } from 'heddle/testing';
import { errorOf } from '../support/failure-of.ts';
import { HandTurned } from '../support/hand-turned.ts';
import { runProgram } from '../support/program.ts';

/** A task that counts its steps, and can be told how to end. */
function countingTask(hand: HandTurned): {
  task: CooperativeTask<string>;
  made: () => number;
  closed: () => boolean;
  end: (how: () => string) => void;
} {
  let made = 0;
  let closed = false;
  let how: (() => string) | undefined;
  const task = hand.cooperator.cooperate(
    (function* (): Generator<undefined, string> {
      try {
        for (;;) {
          if (how !== undefined) return how();
          made++;
          yield;
        }
      } finally {
        closed = true;
      }
    })(),
  );
  return { task, made: () => made, closed: () => closed, end: (given) => (how = given) };
}

test('a paused task makes no step until it is resumed', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  hand.turn();
  task.pause();
  hand.turns();
  assert.equal(made(), 1);
  task.resume();
  hand.turn();
  assert.equal(made(), 2);
});

test('a task that is paused twice goes on when it is resumed twice', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  task.pause();
  task.pause();
  task.resume();
  hand.turns();
  assert.equal(made(), 0);
  task.resume();
  hand.turn();
  assert.equal(made(), 1);
});

test('a pause of the only task takes the turn back that was asked for', () => {
  const hand = new HandTurned();
  const { task } = countingTask(hand);
  task.pause();
  assert.equal(hand.waiting, 0);
  task.resume();
  assert.equal(hand.waiting, 1);
});

test('a resume too many is refused, and changes nothing', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  assert.throws(() => task.resume(), NotPausedError);
  task.pause();
  task.resume();
  assert.throws(() => task.resume(), NotPausedError);
  hand.turn();
  assert.equal(made(), 1);
});

test('a task that is paused and waits for a Deferred goes on when it is resumed and the Deferred has fired', () => {
  for (const resumesFirst of [true, false]) {
    const hand = new HandTurned();
    const answer = new Deferred<void>();
    const log: string[] = [];
    const task = hand.cooperator.cooperate(
      (function* () {
        yield answer;
        log.push('on');
      })(),
    );
    hand.turns();
    task.pause();
    if (resumesFirst) task.resume();
    else answer.callback();
    hand.turns();
    assert.deepEqual(log, []);
    if (resumesFirst) answer.callback();
    else task.resume();
    hand.turns();
    assert.deepEqual(log, ['on']);
  }
});

test('a resume cannot end the wait for a Deferred', () => {
  const hand = new HandTurned();
  const task = hand.cooperator.cooperate([new Deferred<void>()]);
  hand.turns();
  assert.throws(() => task.resume(), NotPausedError);
  assert.equal(hand.waiting, 0);
});

test('a task may pause itself, and ends its piece', () => {
  const hand = new HandTurned();
  const log: string[] = [];
  function* work(): Generator<undefined, void> {
    log.push('before');
    task.pause();
    log.push('rest of the piece');
    yield;
    log.push('after');
  }
  const task: CooperativeTask<void> = hand.cooperator.cooperate(work());
  hand.turns();
  assert.deepEqual(log, ['before', 'rest of the piece']);
  task.resume();
  hand.turns();
  assert.deepEqual(log, ['before', 'rest of the piece', 'after']);
});

test('whenDone fires when the task is done', () => {
  const hand = new HandTurned();
  const { task, end } = countingTask(hand);
  const done = task.whenDone();
  hand.turn();
  assertNoResult(done);
  end(() => 'result');
  hand.turns();
  assert.equal(successResultOf(done), 'result');
});

test('whenDone fails with what the task has failed with', () => {
  const hand = new HandTurned();
  const { task, end } = countingTask(hand);
  const done = task.whenDone();
  end(() => {
    throw new RangeError('mine');
  });
  hand.turns();
  assert.equal(failureResultOf(done, RangeError).value.message, 'mine');
});

test('whenDone fails with TaskStopped when the task is stopped', () => {
  const hand = new HandTurned();
  const { task } = countingTask(hand);
  const done = task.whenDone();
  task.stop();
  failureResultOf(done, TaskStopped);
});

test('whenDone of a task that has ended has its result at once', () => {
  const hand = new HandTurned();
  const done = countingTask(hand);
  done.end(() => 'result');
  const failed = countingTask(hand);
  failed.end(() => {
    throw new RangeError('mine');
  });
  const stopped = countingTask(hand);
  stopped.task.stop();
  hand.turns();
  assert.equal(successResultOf(done.task.whenDone()), 'result');
  failureResultOf(failed.task.whenDone(), RangeError);
  failureResultOf(stopped.task.whenDone(), TaskStopped);
});

test('each whenDone is a Deferred of its own, and what one chain makes of the result the others do not see', () => {
  const hand = new HandTurned();
  const { task, end } = countingTask(hand);
  const changed = task.whenDone().addCallback(() => 'changed');
  const other = task.whenDone();
  end(() => 'result');
  hand.turns();
  assert.deepEqual([successResultOf(changed), successResultOf(other)], ['changed', 'result']);
});

test('cancelling a whenDone gives up that wait only', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  const given = task.whenDone();
  const kept = task.whenDone();
  given.cancel();
  failureResultOf(given, CancelledError);
  hand.turn();
  assert.equal(made(), 1);
  task.stop();
  failureResultOf(kept, TaskStopped);
});

test('a stopped task makes no step any more', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  hand.turn();
  task.stop();
  hand.turns();
  assert.equal(made(), 1);
  assert.equal(hand.waiting, 0);
});

test('a task that is paused and stopped is not brought back by resume', () => {
  const hand = new HandTurned();
  const { task, made } = countingTask(hand);
  task.pause();
  task.stop();
  task.resume();
  hand.turns();
  assert.equal(made(), 0);
});

test('a task that is stopped while it waits for a Deferred does not go on when that fires, and does not cancel it', () => {
  const hand = new HandTurned();
  let cancelled = false;
  const answer = new Deferred<void>(() => {
    cancelled = true;
  });
  const log: string[] = [];
  const task = hand.cooperator.cooperate(
    (function* () {
      yield answer;
      log.push('on');
    })(),
  );
  hand.turns();
  const done = task.whenDone();
  task.stop();
  answer.callback();
  hand.turns();
  assert.deepEqual([log, cancelled, hand.waiting], [[], false, 0]);
  failureResultOf(done, TaskStopped);
});

test('a Deferred that fails after its task was stopped changes nothing about the end', () => {
  const hand = new HandTurned();
  const answer = new Deferred<void>();
  const task = hand.cooperator.cooperate([answer]);
  hand.turns();
  task.stop();
  answer.errback(new RangeError('mine'));
  failureResultOf(task.whenDone(), TaskStopped);
});

test('a task may stop itself: the piece is finished, and the generator closed', () => {
  const hand = new HandTurned();
  const log: string[] = [];
  function* work(): Generator<undefined, void> {
    try {
      task.stop();
      log.push('rest of the piece');
      yield;
      log.push('never');
    } finally {
      log.push('closed');
    }
  }
  const task: CooperativeTask<void> = hand.cooperator.cooperate(work());
  hand.turns();
  assert.deepEqual(log, ['rest of the piece', 'closed']);
  failureResultOf(task.whenDone(), TaskStopped);
});

describe('a task that has ended', () => {
  const endings: Record<
    string,
    [end: (hand: HandTurned, counting: ReturnType<typeof countingTask>) => void, error: typeof SchedulerError]
  > = {
    done: [(_, { end }) => end(() => 'result'), TaskDone],
    failed: [
      (_, { end }) =>
        end(() => {
          throw new RangeError('mine');
        }),
      TaskFailed,
    ],
    stopped: [(_, { task }) => task.stop(), TaskStopped],
    'stopped with its cooperator': [({ cooperator }) => cooperator.stop(), SchedulerStopped],
  };
  for (const [name, [end, errorClass]] of Object.entries(endings)) {
    test(`(${name}) can be neither stopped nor paused: ${errorClass.name}`, () => {
      const hand = new HandTurned();
      const counting = countingTask(hand);
      end(hand, counting);
      hand.turns();
      counting.task.whenDone().addErrback(() => undefined);
      assert.throws(() => counting.task.stop(), errorClass);
      assert.throws(() => counting.task.pause(), errorClass);
      assert.throws(() => counting.task.resume(), NotPausedError);
    });
  }

  test('tells by one class that it has', () => {
    for (const error of [new TaskDone(), new TaskFailed(1), new TaskStopped()]) {
      assert.ok(error instanceof TaskFinished);
      assert.ok(error instanceof SchedulerError);
    }
    assert.equal(new TaskFailed(1).cause, 1);
  });
});

describe('the generator of a task that ends early', () => {
  test('runs its finally when the task is stopped', () => {
    const hand = new HandTurned();
    const { task, closed } = countingTask(hand);
    hand.turn();
    task.stop();
    assert.equal(closed(), true);
  });

  test('runs its finally when a Deferred that it yielded fails', () => {
    const hand = new HandTurned();
    let closed = false;
    const done = hand.cooperator.coiterate(
      (function* () {
        try {
          yield fail(new RangeError('mine'));
        } finally {
          closed = true;
        }
      })(),
    );
    hand.turns();
    failureResultOf(done, RangeError);
    assert.equal(closed, true);
  });

  test('is closed when its step has come, where it is asynchronous', async () => {
    const hand = new HandTurned();
    const gate = gateOf();
    let closed = false;
    const task = hand.cooperator.cooperate(
      (async function* () {
        try {
          await gate.promise;
          yield;
          assert.fail('it went on');
        } finally {
          closed = true;
        }
      })(),
    );
    hand.turns();
    task.stop();
    assert.equal(closed, false);
    gate.resolve();
    await new Promise(setImmediate);
    assert.equal(closed, true);
  });
});

function gateOf(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

describe('failures that nobody asked about', () => {
  test('the failure of a task without a whenDone is reported', async () => {
    const { code, stderr } = await runProgram(`
      import { cooperate } from 'heddle/task';
      cooperate((function* () { throw new RangeError('lost'); })());
    `);
    assert.equal(code, 1);
    assert.match(stderr, /Unhandled failure in a Deferred:\nRangeError: lost/);
  });

  test('it is not reported when somebody asks afterwards', async () => {
    const { code, stderr } = await runProgram(`
      import { cooperate } from 'heddle/task';
      const task = cooperate((function* () { throw new RangeError('found'); })());
      setTimeout(() => task.whenDone().addErrback(() => undefined), 20);
    `);
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('a stopped task is not reported', async () => {
    const { code, stderr } = await runProgram(`
      import { cooperate } from 'heddle/task';
      cooperate((function* () { for (;;) yield; })()).stop();
    `);
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('a step of an async generator that fails after its task was stopped is not reported', async () => {
    const { code, stderr } = await runProgram(`
      import { setTimeout as sleep } from 'node:timers/promises';
      import { cooperate } from 'heddle/task';
      const controller = new AbortController();
      const { signal } = controller;
      cooperate((async function* () { await sleep(60_000, undefined, { signal }); yield; })(), { signal });
      setTimeout(() => controller.abort(), 20);
    `);
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('what a finally throws is reported', async () => {
    const { code, stderr } = await runProgram(`
      import { cooperate } from 'heddle/task';
      const task = cooperate((function* () { try { for (;;) yield; } finally { throw new RangeError('in finally'); } })());
      setTimeout(() => task.stop(), 20);
    `);
    assert.equal(code, 1);
    assert.match(stderr, /RangeError: in finally/);
  });
});

test('the process stays while a task can go on, and ends when it is done', async () => {
  const { code, stdout } = await runProgram(`
    import { cooperate } from 'heddle/task';
    const end = performance.now() + 50;
    cooperate((function* () { while (performance.now() < end) yield; console.log('done'); })());
  `);
  assert.deepEqual([code, stdout], [0, 'done\n']);
});

test('a failure is reported also where those who asked for the end have given up waiting', async () => {
  const { code, stderr } = await runProgram(`
    import { cooperate } from 'heddle/task';
    const task = cooperate((function* () { yield; throw new Error('nobody waits'); })());
    for (const end of [task.whenDone(), task.whenDone()]) {
      end.addErrback(() => {});
      end.cancel();
    }
  `);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /nobody waits/);
});

test('what its own way to be iterated over gives comes before a next() that an object has too', async () => {
  const rows = [1, 2];
  const cursor = {
    next: () => Promise.resolve(rows.shift() ?? null),
    async *[Symbol.asyncIterator](): AsyncGenerator<number> {
      for (let row = await this.next(); row !== null; row = await this.next()) yield row;
    },
  };
  const seen: number[] = [];
  await cooperate(cursor, { onProgress: (row) => void seen.push(row as number) }).whenDone();
  assert.deepEqual(seen, [1, 2]);
});

test('an iterator that gives no step ends its task with a clear error, and the other tasks go on', async () => {
  const bad = { next: () => undefined as never };
  const later = { next: () => Promise.resolve(null) as never };
  const other = cooperate([1, 2, 3]);
  for (const iterator of [bad, later]) {
    const error = await errorOf(cooperate(iterator).whenDone(), InvalidArgumentError);
    assert.match(error.message, /must give an object with done and value/);
  }
  await other.whenDone();
  assert.throws(() => cooperate({ [Symbol.iterator]: () => 5 as never }), InvalidArgumentError);
});

test('the finally of a stopped generator runs to its end, whatever it waits for and yields', async () => {
  const log: string[] = [];
  const held = new Deferred<string>();
  const { task, ended } = stoppable(log, held);
  // What has not begun has no finally to run.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  task.stop();
  task.whenDone().addErrback(() => {});
  held.callback('given');
  await ended;
  assert.deepEqual(log, ['flushes', 'got given', 'caught no luck', 'unlocked']);
});

/** A task whose `finally` waits, yields, fails to wait and yields once more. */
function stoppable(log: string[], held: Deferred<string>): { task: CooperativeTask<unknown>; ended: Promise<void> } {
  const { promise, resolve } = within();
  const task = cooperate(
    (function* (): Generator<unknown, void, string> {
      try {
        for (;;) yield;
      } finally {
        log.push('flushes');
        log.push(`got ${yield held}`);
        yield;
        try {
          yield fail(new Error('no luck'));
        } catch (error) {
          log.push(`caught ${(error as Error).message}`);
        }
        log.push('unlocked');
        resolve();
      }
    })() as Generator<unknown, unknown, never>,
  );
  return { task, ended: promise };
}

function within(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test('a stopped task lets go of an async iterator at once, also while it waits for its next step', async () => {
  const emitter = new EventEmitter();
  const controller = new AbortController();
  const task = cooperate(on(emitter, 'row'), { signal: controller.signal });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.equal(emitter.listenerCount('row'), 1);
  controller.abort();
  assert.equal(emitter.listenerCount('row'), 0);
  await assert.rejects(task.whenDone().toPromise(), CancelledError);
});
