import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { BlockList } from 'node:net';
import { type TestContext, test } from 'node:test';
import { CancelledError, type Deferred, Failure, TimeoutError } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import {
  CallableError,
  PoolFullError,
  PoolStoppedError,
  type ThreadPool,
  type ThreadPoolOptions,
  threadPools,
  transfer,
  UnclonableError,
} from 'heddle/threads';
import {
  giveShared,
  giveSlabBuffer,
  inspectBytes,
  lengthOfMoved,
  overwrite,
  overwriteAndMove,
} from '../../fixtures/threads/bytes.ts';
import {
  giveFailure,
  giveFailureLater,
  rejectValue,
  throwUndefined,
  throwValue,
  trapOthers,
} from '../../fixtures/threads/faults.ts';
import { add, append, count, identity, neverSettle, passGate, passGateAsync } from '../../fixtures/threads/jobs.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { type AnyGate, NoteBook, sharedInts } from '../../support/gate.ts';
import { sizes } from '../../support/sizes.ts';

/** A kind of thread pool, and how a test makes its time pass. */
export interface PoolKind<Pool extends ThreadPool> {
  make(options: ThreadPoolOptions): Pool;
  /** Lets the pool's threads work, until nothing is left to do for them. */
  work(pool: Pool): void;
  /** A gate that the jobs of these pools can enter. */
  makeGate(t: TestContext): AnyGate;
  /** Settles when a thread has the job that enters `gate`. */
  entered(pool: Pool, gate: AnyGate): Promise<void>;
  /** Lets the time go by that limits of calls count. */
  elapse(pool: Pool, milliseconds: number): void;
  /** What these pools cannot do, and why. A test then shows that it is refused. */
  readonly lacks?: { readonly [C in Capability]?: string };
}

/** What not every kind of pool has. */
export type Capability = 'shared memory' | 'objects of Node';

class User {
  readonly name = 'Ann';
}

/** What every thread pool promises, whatever its threads are made of. */
export function testThreadPool<Pool extends ThreadPool>(kindName: string, kind: PoolKind<Pool>): void {
  /** A test with a pool of its own, which ends with it. */
  function poolTest(
    name: string,
    options: ThreadPoolOptions,
    body: (pool: Pool, t: TestContext) => Promise<void>,
  ): void {
    test(`${kindName}: ${name}`, { timeout: 30_000 }, async (t) => {
      const pool = kind.make({ max: 2, ...options });
      t.after(() => pool.stop({ deadline: 0 }));
      await body(pool, t);
    });
  }

  /** What becomes of a call when the threads work. */
  function done<T>(pool: Pool, deferred: Deferred<T>): Deferred<T> {
    kind.work(pool);
    return deferred;
  }

  poolTest('values arrive as they were sent', {}, async (pool) => {
    const values = [
      undefined,
      null,
      -0,
      Number.NaN,
      2n ** 70n,
      'text',
      new Date(5),
      /x/gi,
      new Map([[1, new Set(['a'])]]),
      { nested: [{ deep: true }] },
      new Uint16Array([1, 2]),
    ];
    for (const value of values) assert.deepEqual(await done(pool, pool.defer(identity, value)), value);
  });

  poolTest('arguments and results are copies', {}, async (pool) => {
    const sent = { list: [1] };
    const received = await done(pool, pool.defer(identity, sent));
    assert.notEqual(received, sent);
    assert.notEqual(received.list, sent.list);
    const bytes = Buffer.from('as it was');
    await done(pool, pool.defer(overwrite, bytes));
    assert.equal(bytes.toString(), 'as it was');
  });

  poolTest('a Buffer arrives as a Buffer on both sides, with its own bytes only', {}, async (pool) => {
    const seen = await done(pool, pool.defer(inspectBytes, Buffer.from('abc')));
    assert.deepEqual(seen, { isBuffer: true, text: 'abc', memory: 3 });
    const received = await done(pool, pool.defer(giveSlabBuffer, 'from the slab'));
    assert.ok(Buffer.isBuffer(received));
    assert.deepEqual([received.toString(), received.buffer.byteLength], ['from the slab', 13]);
  });

  if (kind.lacks?.['shared memory'] === undefined) {
    poolTest('shared memory is the same memory', {}, async (pool) => {
      const counter = sharedInts(1);
      await done(pool, pool.defer(count, counter));
      assert.equal(counter[0], 1);
    });
  } else {
    poolTest(`shared memory is refused: ${kind.lacks['shared memory']}`, {}, async (pool) => {
      for (const value of [sharedInts(1), [sharedInts(1).buffer], new Map([[1, sharedInts(1)]])]) {
        const { message, code } = await errorOf(done(pool, pool.defer(identity<unknown>, value)), UnclonableError);
        assert.equal(code, 'HEDDLE_UNCLONABLE');
        assert.match(message, /^args\[0\].*: (Int32Array|SharedArrayBuffer) cannot be sent to another process/);
      }
      const given = await errorOf(done(pool, pool.defer(giveShared)), UnclonableError);
      assert.match(given.message, /^result\.counter: Int32Array cannot be sent to another process/);
      const shared = sharedInts(1);
      const captured = await errorOf(
        done(
          pool,
          pool.defer(() => Atomics.load(shared, 0)),
        ),
        UnclonableError,
      );
      assert.match(captured.message, /Int32Array cannot be sent to another process/);
    });
  }

  if (kind.lacks?.['objects of Node'] === undefined) {
    poolTest('what only Node can clone is cloned', {}, async (pool) => {
      const blob = await done(pool, pool.defer(identity, new Blob(['four'])));
      assert.equal(await blob.text(), 'four');
      const key = createSecretKey(Buffer.from('secret'));
      assert.ok((await done(pool, pool.defer(identity, key))).equals(key));
    });
  } else {
    poolTest(`what only Node can clone is refused: ${kind.lacks['objects of Node']}`, {}, async (pool) => {
      const { port1, port2 } = new MessageChannel();
      const values = [new Blob(['four']), createSecretKey(Buffer.from('secret')), new BlockList(), transfer(port1)];
      for (const value of [...values, transfer(new ReadableStream())]) {
        const { message } = await errorOf(done(pool, pool.defer(identity<unknown>, { value })), UnclonableError);
        assert.match(message, /^args\[0\]\.value: \w+ cannot be sent to another process/);
      }
      port2.close();
    });
  }

  poolTest('what is moved is gone from where it was, and there where it goes', { max: 1 }, async (pool) => {
    const bytes = new Uint8Array([1, 2, 3]);
    const received = await done(pool, pool.defer(overwriteAndMove, transfer(bytes)));
    assert.equal(bytes.byteLength, 0);
    assert.deepEqual(received, new Uint8Array(3));
    assert.equal(await done(pool, pool.defer(lengthOfMoved)), 0);
  });

  poolTest('views of the same memory stay that', {}, async (pool) => {
    const memory = new ArrayBuffer(8);
    const received = await done(
      pool,
      pool.defer(identity, { bytes: new Uint8Array(memory), number: new Float64Array(memory) }),
    );
    received.number[0] = 1;
    assert.equal(received.bytes[7], 0x3f);
  });

  poolTest('an error arrives with its class, message, properties, cause and errors', {}, async (pool) => {
    const sent = Object.assign(new RangeError('too far', { cause: new TypeError('why') }), {
      code: 'E_FAR',
      limit: { km: 3 },
    });
    for (const job of [throwValue, rejectValue]) {
      const error = await errorOf(done(pool, pool.defer(job, sent)), RangeError);
      const { message, cause, code, limit } = error as typeof sent;
      assert.deepEqual([message, code, limit], ['too far', 'E_FAR', { km: 3 }]);
      assert.ok(cause instanceof TypeError && cause.message === 'why');
    }
    const both = new AggregateError([new Error('one'), 2], 'both');
    const error = await errorOf(done(pool, pool.defer(throwValue, both)), AggregateError);
    assert.deepEqual([error.message, (error.errors[0] as Error).message, error.errors[1]], ['both', 'one', 2]);
  });

  poolTest('what is thrown and is no error arrives as it is', {}, async (pool) => {
    for (const value of [0, 'text', null, { reason: 1 }]) {
      assert.deepEqual(await failureOf(done(pool, pool.defer(throwValue, value))), value);
    }
    assert.equal(await failureOf(done(pool, pool.defer(throwUndefined))), undefined);
  });

  poolTest('a Failure that a function gives or throws is the failure of its call', { max: 1 }, async (pool) => {
    for (const job of [giveFailure, giveFailureLater, trapOthers]) {
      const error = await errorOf(done(pool, pool.defer(job, new RangeError('too far'))), RangeError);
      assert.equal(error.message, 'too far', job.name);
      assert.equal(await failureOf(done(pool, pool.defer(job, 'no error'))), 'no error', job.name);
    }
  });

  poolTest(
    'an argument that cannot be copied is refused with its path, and the thread stays free',
    { max: 1 },
    async (pool) => {
      const error = await errorOf(done(pool, pool.defer(identity, { user: new User() })), UnclonableError);
      assert.match(error.message, /args\[0\]\.user\b.*User/);
      assert.match(
        (await errorOf(done(pool, pool.defer(identity, [new User()])), UnclonableError)).message,
        /args\[0\]\[0\]/,
      );
      const withFunction = { compare: () => 0 } as unknown;
      assert.match(
        (await errorOf(done(pool, pool.defer(identity, withFunction)), TypeError)).message,
        /args\[0\]\.compare/,
      );
      assert.equal(await done(pool, pool.defer(add, 1, 2)), 3);
    },
  );

  poolTest('a function that cannot go to a thread is refused with a code', {}, async (pool) => {
    let calls = 0;
    const local = (): number => calls++;
    const error = await errorOf(done(pool, pool.defer(local)), CallableError);
    assert.match(error.code, /^HEDDLE_/);
    assert.match(error.message, /local/);
  });

  poolTest('no outcome comes in the turn of the call, refusals included', {}, async (pool) => {
    const calls = [
      pool.defer(add, 1, 2),
      pool.defer(identity, new User()),
      pool.defer(() => 1),
      pool.with({ signal: AbortSignal.abort() }).defer(add, 1, 2),
    ];
    assert.deepEqual(
      calls.map(({ called }) => called),
      [false, false, false, false],
    );
    kind.work(pool);
    await Promise.allSettled(calls);
  });

  poolTest('a promise that the function returns is waited for', {}, async (pool) => {
    assert.equal(await failureOf(done(pool, pool.defer(rejectValue, 'later'))), 'later');
  });

  poolTest('calls run in the order in which they were made', { max: 1 }, async (pool, t) => {
    const log = new NoteBook(t);
    const calls = Array.from({ length: 20 }, (_, number) => pool.defer(append, log.file, `${number}`));
    kind.work(pool);
    await Promise.all(calls);
    assert.deepEqual(log.read(), [...calls.keys()]);
  });

  poolTest('there are never more threads than max; the rest waits', { max: 2 }, async (pool) => {
    const calls = Array.from({ length: 5 }, (_, n) => pool.defer(add, n, n));
    assert.deepEqual(sizes(pool), { threads: 2, idle: 0, busy: 2, backlog: 3 });
    assert.deepEqual(pool.pendingCalls(), ['add', 'add', 'add', 'add', 'add']);
    kind.work(pool);
    assert.deepEqual(await Promise.all(calls), [0, 2, 4, 6, 8]);
    assert.deepEqual(sizes(pool), { threads: 2, idle: 2, busy: 0, backlog: 0 });
  });

  poolTest('a raised max serves the calls that wait at once', { max: 1 }, async (pool) => {
    const calls = [pool.defer(add, 1, 1), pool.defer(add, 2, 2)];
    pool.adjustPoolSize({ max: 2 });
    assert.deepEqual(sizes(pool), { threads: 2, idle: 0, busy: 2, backlog: 0 });
    kind.work(pool);
    assert.deepEqual(await Promise.all(calls), [2, 4]);
  });

  poolTest('a cancelled call that waited never runs', { max: 1 }, async (pool, t) => {
    const log = new NoteBook(t);
    const first = pool.defer(add, 1, 2);
    const cancelled = pool.defer(append, log.file, '1');
    cancelled.cancel();
    await errorOf(cancelled, CancelledError);
    assert.equal(await done(pool, first), 3);
    assert.equal(await done(pool, pool.defer(add, 2, 2)), 4);
    assert.deepEqual(log.read(), []);
  });

  poolTest('a cancelled call that runs fails at once, and the calls behind it go on', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const running = pool.defer(passGate, gate.shared);
    const next = pool.defer(add, 1, 2);
    await kind.entered(pool, gate);
    running.cancel();
    assert.equal(running.called, true);
    await errorOf(running, CancelledError);
    assert.equal(await done(pool, next), 3);
  });

  poolTest('a timeout counts waiting and running, and ends both', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const limited = pool.with({ timeout: 20 });
    const running = limited.defer(passGate, gate.shared);
    const waiting = limited.defer(passGate, gate.shared);
    kind.elapse(pool, 20);
    for (const call of [running, waiting]) {
      const error = await errorOf(call, TimeoutError);
      assert.match(error.message, /passGate had no result within 20 ms/);
    }
    assert.equal(await done(pool, pool.defer(add, 1, 2)), 3);
  });

  poolTest('a queue timeout ends a call that has not begun', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const running = pool.with({ grace: 0 }).defer(neverSettle, gate.shared);
    kind.work(pool);
    await gate.entered();
    const waiting = pool.with({ queueTimeout: 40 }).defer(add, 1, 2);
    kind.elapse(pool, 40);
    const error = await errorOf(waiting, TimeoutError);
    assert.deepEqual([error.limit, error.timeout], ['queue', 40]);
    assert.match(error.message, /^add did not begin within 40 ms: no thread was ready for it\.$/);
    assert.equal(running.called, false);
    running.cancel();
    await errorOf(running, CancelledError);
    assert.equal(await done(pool, pool.with({ queueTimeout: 1e9 }).defer(add, 1, 2)), 3);
  });

  poolTest('a run timeout counts from the beginning, and ends the call that runs', { max: 1 }, async (pool, t) => {
    const gates = [kind.makeGate(t), kind.makeGate(t)] as const;
    const first = pool.with({ grace: 0 }).defer(neverSettle, gates[0].shared);
    const limited = pool.with({ runTimeout: 40, grace: 0 }).defer(neverSettle, gates[1].shared);
    const clockHand = pool.with({ timeout: 60 }).defer(add, 1, 2);
    kind.work(pool);
    await gates[0].entered();
    kind.elapse(pool, 60);
    await errorOf(clockHand, TimeoutError);
    assert.equal(limited.called, false);
    first.cancel();
    await errorOf(first, CancelledError);
    kind.work(pool);
    // On a busy machine, the time of a real one may be over before it gets as far.
    if (pool instanceof MemoryThreadPool) {
      await gates[1].entered();
      kind.elapse(pool, 39);
      assert.equal(limited.called, false);
      kind.elapse(pool, 1);
    }
    const error = await errorOf(limited, TimeoutError);
    assert.deepEqual([error.limit, error.timeout], ['run', 40]);
    assert.match(error.message, /neverSettle ran for longer than 40 ms/);
    assert.equal(await done(pool, pool.with({ runTimeout: 1e9 }).defer(add, 1, 2)), 3);
  });

  poolTest('calls that wait begin by priority', { max: 1 }, async (pool, t) => {
    const log = new NoteBook(t);
    const calls: Deferred<void>[] = [];
    const first = pool.defer(add, 1, 2);
    for (const [number, priority] of [0, -1, 1, 0, 1].entries()) {
      calls.push(pool.with({ priority }).defer(append, log.file, `${number}`));
    }
    kind.work(pool);
    await first;
    await Promise.all(calls);
    assert.deepEqual(log.read(), [2, 4, 0, 3, 1]);
  });

  poolTest('a call of a key waits for the one before it, and others go on', { max: 2 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const { defer } = pool.with({ key: 'one', grace: 0 });
    const running = defer(neverSettle, gate.shared);
    const waiting = defer(add, 1, 1);
    const other = pool.with({ key: 'other' }).defer(add, 2, 2);
    kind.work(pool);
    await gate.entered();
    kind.work(pool);
    assert.equal(await other, 4);
    assert.equal(waiting.called, false);
    assert.deepEqual(sizes(pool), { threads: 2, idle: 1, busy: 1, backlog: 1 });
    running.cancel();
    await errorOf(running, CancelledError);
    assert.equal(await done(pool, waiting), 2);
    assert.equal(await done(pool, defer(add, 3, 3)), 6);
  });

  poolTest('maxQueue refuses what would have to wait beyond it, by name', { max: 1, maxQueue: 2 }, async (pool) => {
    const calls = [1, 2, 3].map((n) => pool.defer(add, n, n));
    const controller = new AbortController();
    for (const options of [{ priority: 100 }, { key: 'k' }, { timeout: 1e6, signal: controller.signal }]) {
      const error = await errorOf(pool.with(options).defer(add, 4, 4), PoolFullError);
      assert.deepEqual([error.code, error.maxQueue], ['HEDDLE_POOL_FULL', 2]);
      assert.match(error.message, /The pool 'heddle' did not take add: 2 calls may wait \(maxQueue\).*pool\.drain\(\)/);
    }
    kind.work(pool);
    assert.deepEqual(await Promise.all(calls), [2, 4, 6]);
    assert.equal(await done(pool, pool.defer(add, 4, 4)), 8);
  });

  poolTest('with a maxQueue of 0, a call is taken where a thread is free', { max: 1, maxQueue: 0 }, async (pool) => {
    const first = pool.defer(add, 1, 1);
    const second = pool.defer(add, 2, 2);
    await errorOf(second, PoolFullError);
    assert.equal(await done(pool, first), 2);
    assert.equal(await done(pool, pool.defer(add, 3, 3)), 6);
  });

  poolTest(
    'a thread that has answered maxCallsPerThread calls is ended, and others do the rest',
    { max: 1, maxCallsPerThread: 2 },
    async (pool) => {
      const names: (string | undefined)[] = [];
      const order: number[] = [];
      const calls = [1, 2, 3, 4, 5].map((number) =>
        pool.defer(identity, number).addCallback((done) => {
          order.push(done);
          names.push(pool.statistics().perThread[0]?.name);
        }),
      );
      kind.work(pool);
      await Promise.all(calls);
      assert.deepEqual(names, ['heddle-1', 'heddle-1', 'heddle-2', 'heddle-2', 'heddle-3']);
      assert.deepEqual(order, [1, 2, 3, 4, 5]);
    },
  );

  poolTest('drain() fires when nothing waits', { max: 1 }, async (pool) => {
    const order: string[] = [];
    const calls = [1, 2, 3].map((n) => pool.defer(add, n, n).addCallback(() => void order.push(String(n))));
    const drained = pool.drain().addCallback(() => void order.push('drained'));
    kind.work(pool);
    await Promise.all([...calls, drained]);
    assert.ok(order.indexOf('drained') >= order.indexOf('2'), order.join());
    await pool.drain();
  });

  poolTest(
    'an abort gives a CancelledError with the reason, before the call, while it waits and while it runs',
    { max: 1 },
    async (pool, t) => {
      const gate = kind.makeGate(t);
      const controller = new AbortController();
      const { defer } = pool.with({ signal: controller.signal });
      const calls = [defer(passGate, gate.shared), defer(passGate, gate.shared)];
      await kind.entered(pool, gate);
      controller.abort('enough');
      calls.push(defer(passGate, gate.shared));
      for (const call of calls) {
        const error = await errorOf(call, CancelledError);
        assert.deepEqual([error.code, error.cause], ['ABORT_ERR', 'enough']);
      }
      assert.equal(await done(pool, pool.defer(add, 1, 2)), 3);
    },
  );

  poolTest(
    'calls() tells of the calls that have not ended, as many as asked for, and cancels them',
    { name: 'told', max: 1 },
    async (pool, t) => {
      assert.deepEqual(pool.calls(), []);
      const gate = kind.makeGate(t);
      const calls = [pool.defer(passGate, gate.shared), pool.defer(add, 1, 2), pool.defer(identity, 3)];
      await kind.entered(pool, gate);
      const [first, second, third] = pool.calls();
      assert.ok(first && second && third);
      assert.deepEqual(
        [first, second, third].map(({ functionName, pool: name }) => [functionName, name]),
        [
          ['passGate', 'told'],
          ['add', 'told'],
          ['identity', 'told'],
        ],
      );
      assert.ok(first.id < second.id && second.id < third.id);
      assert.equal(first.thread, pool.statistics().perThread[0]?.name);
      assert.equal(first.state, first.runTime === undefined ? 'waiting' : 'running');
      assert.deepEqual([second.thread, second.state, second.runTime], [undefined, 'waiting', undefined]);
      assert.ok(first.age >= 0 && second.age >= 0);
      assert.deepEqual(
        pool.calls({ limit: 2 }).map(({ id }) => id),
        [first.id, second.id],
      );
      assert.deepEqual(pool.calls({ limit: 0 }), []);
      assert.throws(() => pool.calls({ limit: -1 }), /^InvalidArgumentError: The option limit of a list of calls/);
      assert.equal(second.cancel('why'), true);
      assert.equal(second.cancel(), false);
      assert.equal((await errorOf(calls[1]!, CancelledError)).cause, 'why');
      assert.equal(first.cancel(), true);
      const error = await errorOf(calls[0]!, CancelledError);
      assert.match(error.message, /passGate was cancelled through its pool/);
      assert.equal(await done(pool, calls[2]!), 3);
      assert.deepEqual(pool.calls(), []);
      assert.equal(third.cancel(), false);
    },
  );

  poolTest('calls() has the calls of bound objects', {}, async (pool) => {
    const bound = pool.bind(identity, { a: 1 });
    const call = bound.defer(identity<object>);
    assert.deepEqual(
      pool.calls().map(({ functionName, pool: name }) => [functionName, name]),
      [
        ['identity', 'heddle-bound-1'],
        ['identity', 'heddle-bound-1'],
      ],
    );
    assert.deepEqual(await done(pool, call), { a: 1 });
  });

  poolTest(
    'threadPools() has a pool until it has stopped, and not the threads of its bound objects',
    {},
    async (pool) => {
      const bound = pool.bind(identity, { a: 1 });
      const call = bound.defer(identity<object>);
      assert.equal(threadPools().filter((live) => live === pool).length, 1);
      assert.ok(threadPools().every(({ name }) => !name.includes('bound')));
      assert.deepEqual(await done(pool, call), { a: 1 });
      const stopped = pool.stop();
      assert.ok(threadPools().includes(pool));
      kind.work(pool);
      await stopped;
      assert.ok(!threadPools().includes(pool));
    },
  );

  poolTest('options that cannot be are refused', {}, async (pool) => {
    assert.throws(() => pool.with({ timeout: -1 }), /^InvalidArgumentError: The option timeout/);
    assert.throws(() => pool.with({ grace: Number.NaN }), /^InvalidArgumentError: The option grace/);
    assert.throws(
      () => pool.with({ onCancel: 'ignore' as 'abandon' }),
      /^InvalidArgumentError: The option onCancel .*'terminate', 'cooperate' or 'abandon'/,
    );
    assert.throws(() => pool.with({ queueTimeout: Number.NaN }), /^InvalidArgumentError: The option queueTimeout/);
    assert.throws(() => pool.with({ runTimeout: -1 }), /^InvalidArgumentError: The option runTimeout/);
    assert.throws(() => pool.with({ priority: 1.5 }), /^InvalidArgumentError: The option priority/);
    assert.throws(() => pool.with({ key: null as never }), /^InvalidArgumentError: The option key/);
    assert.throws(() => kind.make({ maxQueue: -1 }), /^InvalidArgumentError: The option maxQueue/);
    assert.throws(() => kind.make({ max: 0 }), /^InvalidArgumentError: The option max/);
    assert.throws(() => pool.adjustPoolSize(1 as never), /^InvalidArgumentError: The options of a pool size/);
    assert.throws(() => pool.adjustPoolSize({ most: 2 } as never), /^InvalidArgumentError: .* no option 'most'/);
    assert.throws(
      () => pool.adjustPoolSize({ min: 3, max: 2 }),
      /^InvalidArgumentError: .*min \(3\) is more than max \(2\)/,
    );
  });

  poolTest('callInThreadWithCallback tells of a value and of a Failure', {}, async (pool) => {
    const results: [boolean, unknown][] = [];
    const both = new Promise<void>((resolve) => {
      const onResult = (success: boolean, result: unknown): void => {
        if (results.push([success, result]) === 2) resolve();
      };
      pool.callInThreadWithCallback(onResult, add, 1, 2);
      pool.callInThreadWithCallback(onResult, throwValue, 'no');
    });
    kind.work(pool);
    await both;
    results.sort(([one], [other]) => Number(other) - Number(one));
    assert.deepEqual(results[0], [true, 3]);
    const failure = results[1]?.[1];
    assert.ok(failure instanceof Failure && failure.value === 'no');
  });

  poolTest('callMultipleInThread runs its functions in order as one call', { max: 2 }, async (pool, t) => {
    const log = new NoteBook(t);
    const three = 3;
    pool.callMultipleInThread([
      [append, log.file, '1'],
      [passGateAsync, kind.makeGate(t).shared, 'a promise is waited for'],
      [append, log.file, '2'],
      [(file: string) => append(file, `${three}`), log.file],
    ]);
    assert.deepEqual(pool.pendingCalls(), ['append, passGateAsync, append, an anonymous function']);
    kind.work(pool);
    await pool.stop();
    assert.deepEqual(log.read(), [1, 2, 3]);
    assert.throws(
      () => pool.callMultipleInThread([append] as never),
      /^InvalidArgumentError: The calls must be a list/,
    );
  });

  poolTest('stop() finishes what runs and what waits, then ends the threads', { max: 1 }, async (pool) => {
    const calls = [pool.defer(add, 1, 1), pool.defer(add, 2, 2)];
    const order: string[] = [];
    for (const call of calls) call.addCallback((sum) => void order.push(String(sum)));
    const stopped = pool.stop().addCallback(() => void order.push('stopped'));
    kind.work(pool);
    await stopped;
    assert.deepEqual(order, ['2', '4', 'stopped']);
    assert.equal(pool.statistics().threads, 0);
  });

  poolTest('a pool without work stops, and stops again', { min: 1 }, async (pool) => {
    pool.start();
    assert.deepEqual(sizes(pool), { threads: 1, idle: 1, busy: 0, backlog: 0 });
    await pool.stop();
    await pool.stop();
    assert.equal(pool.statistics().threads, 0);
  });

  poolTest('a stopped pool refuses calls and does not start again', {}, async (pool) => {
    await pool.stop();
    assert.match(
      (await errorOf(pool.defer(add, 1, 2), PoolStoppedError)).message,
      /has been stopped and did not take add/,
    );
    assert.throws(() => pool.start(), PoolStoppedError);
  });

  poolTest('stop() with a deadline of 0 waits for no call, and says so', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const call = pool.defer(passGate, gate.shared);
    const stopped = pool.stop({ deadline: 0 });
    kind.elapse(pool, 0);
    const { message } = await errorOf(call, PoolStoppedError);
    assert.match(message, /was stopped without waiting for its calls, and passGate was not done/);
    await stopped;
  });

  poolTest('stop() with a deadline fails the calls that are left, and names them', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const calls = [pool.defer(passGate, gate.shared), pool.defer(add, 1, 2)];
    await kind.entered(pool, gate);
    const stopped = pool.stop({ deadline: 20 });
    kind.elapse(pool, 20);
    const messages = await Promise.all(calls.map(async (call) => (await errorOf(call, PoolStoppedError)).message));
    assert.match(messages[0] ?? '', /deadline of 20 ms, and passGate was not done/);
    assert.match(messages[1] ?? '', /and add was not done/);
    await stopped;
    assert.equal(pool.statistics().threads, 0);
  });

  poolTest('the deadline of a stop holds when nobody waits for the stop any more', { max: 1 }, async (pool, t) => {
    const gate = kind.makeGate(t);
    const call = pool.defer(passGate, gate.shared);
    await kind.entered(pool, gate);
    const stopped = pool.stop({ deadline: 20 });
    stopped.cancel();
    await errorOf(stopped, CancelledError);
    kind.elapse(pool, 20);
    const { message } = await errorOf(call, PoolStoppedError);
    assert.match(message, /deadline of 20 ms, and passGate was not done/);
  });
}
