// Values, functions and codecs have code of their own, which the library runs in the middle of its work.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, type Deferred } from 'heddle/defer';
import {
  ask,
  inThread,
  notify,
  ProcessPool,
  ThreadExitError,
  ThreadInitError,
  ThreadPool,
  transfer,
  UnclonableError,
} from 'heddle/threads';
import {
  answered,
  asked,
  bare,
  call,
  endByUnspeakable,
  exitNamed,
  Holder,
  kindsIn,
  leaveAsk,
  leaveUnanswered,
  listed,
  oddPromise,
  OlderError,
  Sealed,
  textless,
  throwOlder,
  throwUnspeakable,
  throwUnusable,
  unusable,
} from '../../fixtures/threads/hostile.ts';
import { add, identity, passGate } from '../../fixtures/threads/jobs.ts';
import { request } from '../../fixtures/threads/stores.ts';
import { failureOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor, poolOfOne } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';

const limit = { timeout: 60_000 };

/** The thread has one place in the pool, whatever has been done with it. */
async function isWhole(pool: ThreadPool): Promise<void> {
  while (pool.statistics().idle === 0) await nextTurn();
  const { threads, idle, busy } = pool.statistics();
  assert.deepEqual({ threads, idle, busy }, { threads: 1, idle: 1, busy: 0 });
  assert.equal(await pool.defer(add, 1, 2), 3);
}

test('a call that is refused when its turn at the thread has come leaves the thread one place', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let call = 0; call < 20; call++) await pool.defer(identity, call);
  const buffer = new ArrayBuffer(64);
  const before = pool.defer(identity, 1);
  const refused = pool.defer(identity, transfer(buffer));
  structuredClone(buffer, { transfer: [buffer] });
  assert.equal(await before, 1);
  assert.ok((await failureOf(refused)) instanceof UnclonableError);
  await isWhole(pool);
});

test('a thread that asks before its last result is heard has one place as well', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  await pool.defer(leaveAsk, flag);
  while (answered.times === 0) await nextTurn();
  for (let call = 0; call < 20; call++) await pool.defer(identity, call);
  Atomics.store(flag, 0, 0);
  const call = pool.defer(leaveAsk, flag);
  // The question is on its way when the result is looked for.
  while (Atomics.load(flag, 0) === 0);
  for (const since = performance.now(); performance.now() - since < 50; );
  assert.equal(await call, 'left');
  await isWhole(pool);
});

test('a pool stops though what a job has left behind has no answer', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const { times } = asked;
  await pool.defer(leaveUnanswered);
  while (asked.times === times) await nextTurn();
  await pool.stop();
  assert.equal(pool.statistics().threads, 0);
});

test('a getter among the arguments may take the last place at a thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 128 });
  const gate = new Gate();
  t.after(() => gate.open());
  await pool.defer(identity, 0);
  const blocked = pool.defer(passGate, gate.shared);
  await gate.entered();
  const others = Array.from({ length: 126 }, (_, n) => pool.defer(identity, n));
  let nested: Deferred<unknown> | undefined;
  const outer = pool.defer(listed, {
    get value(): number {
      nested ??= pool.defer(identity, 'nested');
      return 1;
    },
  });
  gate.open();
  await blocked;
  assert.deepEqual(
    await Promise.all(others),
    others.map((_, n) => n),
  );
  assert.deepEqual(await outer, [{ value: 1 }]);
  assert.equal(await nested, 'nested');
});

for (const [what, call] of [
  ['a result that is a Deferred', (pool: ThreadPool) => pool.defer(unusable, 'deferred')],
  ['a result that throws when it is looked at', (pool: ThreadPool) => pool.defer(unusable, 'guarded')],
  ['a thrown value that does', (pool: ThreadPool) => pool.defer(throwUnusable)],
] as const) {
  test(`a codec that makes ${what} fails the call, and no other`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const error = await failureOf(call(pool));
    assert.ok(error instanceof Error, String(error));
    assert.equal(await pool.defer(add, 1, 2), 3);
  });
}

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`a promise with a then of its own ends its call once, and as await would (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    await pool.defer(identity, 0);
    for (const how of ['twice', 'throws'] as const) {
      const odd = pool.defer(oddPromise, how);
      const others = ['a', 'b', 'c'].map((value) => pool.defer(identity, value));
      assert.equal(await odd, 'value');
      assert.deepEqual(await Promise.all(others), ['a', 'b', 'c']);
      assert.equal(
        await pool.defer(
          call,
          ask(() => oddPromise(how)),
        ),
        'value',
      );
    }
    assert.match(String(await failureOf(pool.defer(oddPromise, 'hidden'))), /^Error: hidden$/);
    assert.match(
      String(
        await failureOf(
          pool.defer(
            call,
            ask(() => oddPromise('hidden')),
          ),
        ),
      ),
      /^Error: hidden$/,
    );
    assert.deepEqual(await Promise.all(Array.from({ length: 200 }, (_, n) => pool.defer(identity, n))), [
      ...Array.from({ length: 200 }).keys(),
    ]);
  });

  test(`threads are ended and replaced whatever it is that they have thrown (${Pool.name})`, limit, async (t) => {
    const unready = new Pool({ max: 1, initThread: throwUnspeakable });
    t.after(() => unready.stop({ deadline: 0 }));
    for (const call of [unready.defer(add, 1, 2), unready.defer(add, 3, 4)]) {
      const error = await failureOf(call);
      assert.ok(error instanceof ThreadInitError, String(error));
    }
    const pool = poolOfOne(t, Pool);
    const [ended, next] = [pool.defer(endByUnspeakable, 'within'), pool.defer(add, 1, 2)];
    const error = await failureOf(ended);
    assert.ok(error instanceof ThreadExitError, String(error));
    assert.equal(await next, 3);
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on('warning', hear);
    t.after(() => process.off('warning', hear));
    await pool.defer(endByUnspeakable, 'after');
    // A thread alone does not keep the process.
    while (warnings.length === 0) await nextTurn();
    const kind = Pool === ProcessPool ? 'process' : 'thread';
    assert.match(
      String(warnings[0]),
      new RegExp(`A ${kind} ended by an uncaught error .* while it had no call to answer`),
    );
    assert.equal(await pool.defer(add, 1, 2), 3);
  });

  test(`a result whose getter throws what has no text is refused (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    for (let call = 0; call < 4; call++) {
      const error = await failureOf(pool.defer(textless));
      assert.ok(error instanceof UnclonableError);
      assert.match(error.message, /^The result cannot be sent .*: what was thrown cannot be written as text$/);
    }
  });

  test(`a function in a list that an instance shares arrives (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const shared = [notify(() => {})];
    assert.deepEqual(await pool.defer(kindsIn, shared, new Holder(shared)), ['function', 'function']);
  });
}

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`errors of classes that are older than the language's are errors (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const thrown = await failureOf(pool.defer(throwOlder));
    const sent = await pool.defer(identity, new OlderError('sent'));
    for (const [error, message] of [
      [thrown, 'expired'],
      [sent, 'sent'],
    ] as const) {
      assert.ok(error instanceof Error);
      const { name, expiredAt } = error as OlderError;
      assert.deepEqual([name, error.message, expiredAt], ['OlderError', message, new Date(0)]);
      assert.match(error.stack ?? '', /hostile\.[jt]s|own-code\.test\.[jt]s/);
    }
  });

  test(`an object of a class that has nothing is plain data (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    assert.deepEqual(await pool.defer(bare, 'a'), { a: 1 });
    const query = bare('b');
    assert.deepEqual(await pool.defer(identity, { query }), { query: { b: 1 } });
    assert.equal(await pool.defer(() => query['b']), 1);
  });
}

test('what an error hides and cannot be sent is left where it is', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error: RangeError & { readonly issues?: number[] } = new RangeError('not valid');
  Object.defineProperty(error, 'definition', { value: { check() {} } });
  Object.defineProperty(error, 'issues', { value: [1] });
  const answer = await pool.defer(identity, { success: false, error });
  assert.ok(answer.error instanceof RangeError);
  assert.deepEqual([answer.error.message, answer.error.issues], ['not valid', [1]]);
  assert.deepEqual(Object.getOwnPropertyNames(answer.error).toSorted(), ['issues', 'message', 'stack']);
  const around = new Error('around');
  Object.defineProperty(around, 'context', { value: { around, error } });
  const again = (await pool.defer(identity, around)) as Error & { context?: { around: Error; error: Error } };
  assert.equal(again.context?.around, again);
  assert.equal(again.context?.error.message, 'not valid');
  // What one error hides in vain, another shows.
  const part = { f() {} };
  const hiding = Object.defineProperty(new Error('hiding'), 'part', { value: part });
  assert.match(String(await failureOf(pool.defer(identity, [hiding, part]))), /args\[0\]\[1\]\.f: function f cannot/);
  const shown = Object.assign(new Error('shown'), { f() {} });
  assert.match(String(await failureOf(pool.defer(identity, shown))), /args\[0\]\.f: function f cannot be sent/);
});

test('the environment is refused with the way to send it', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await failureOf(pool.defer(identity, process.env));
  assert.match(String(error), /^UnclonableError: args\[0\]: process\.env cannot .*: \{ \.\.\.process\.env \}\.$/);
});

test('the name of a function is read without its getter', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.defer(add, 1, 2);
  const heard: unknown[] = [];
  const hear = (message: unknown): void => void heard.push(message);
  subscribe('heddle:job:queued', hear);
  t.after(() => unsubscribe('heddle:job:queued', hear));
  Object.defineProperty(exitNamed, 'name', {
    get() {
      throw new Error('no name');
    },
  });
  const error = await failureOf(pool.defer(exitNamed));
  assert.ok(error instanceof ThreadExitError, String(error));
  assert.equal(heard.length, 1);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a list that changes while it is read changes no other argument', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.defer(listed, 'of an earlier call', 'two', 'three');
  const shrinking: unknown[] = ['a', 'b', 'c'];
  Object.defineProperty(shrinking, 0, {
    enumerable: true,
    get() {
      shrinking.length = 1;
      return 'a';
    },
  });
  const growing: unknown[] = ['a', 'b', 'c'];
  Object.defineProperty(growing, 0, {
    enumerable: true,
    get() {
      if (growing.length === 3) growing.push('x');
      return 'a';
    },
  });
  assert.deepEqual((await pool.defer(listed, shrinking, 'B', 'C')).slice(1), ['B', 'C']);
  assert.deepEqual((await pool.defer(listed, growing, 'B', 'C')).slice(1), ['B', 'C']);
});

test('an instance is refused whatever it says its tag is, and nobody asks', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await failureOf(pool.defer(identity, new Sealed()));
  assert.ok(error instanceof UnclonableError);
  const { Module } = Reflect.get(globalThis, 'WebAssembly') as { Module: new (bytes: Uint8Array) => object };
  const module = new Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  assert.equal(String(await pool.defer(identity, module)), '[object WebAssembly.Module]');
});

test('a function in what a first call captures may still be looked for', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const compare = inThread((a: string, b: string): number => a.length - b.length);
  const options = { compare, other: 1 };
  const sorted = (): string[] => ['aaa', 'b'].sort(compare);
  assert.deepEqual(await pool.defer(sorted), ['b', 'aaa']);
  const sortedBy = (): [string[], string[]] => {
    const all = options;
    return [Object.keys(all), ['aaa', 'b'].sort(all.compare)];
  };
  assert.deepEqual(await pool.defer(sortedBy), [
    ['compare', 'other'],
    ['b', 'aaa'],
  ]);
});

test('a call whose signal is aborted by somebody who hears of it waits nowhere', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  t.after(() => gate.open());
  const running = pool.defer(passGate, gate.shared);
  await gate.entered();
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  subscribe('heddle:job:queued', abort);
  t.after(() => unsubscribe('heddle:job:queued', abort));
  const call = pool.with({ signal: controller.signal }).defer(add, 1, 2);
  assert.ok((await failureOf(call)) instanceof CancelledError);
  assert.equal(pool.statistics().backlog, 0);
  assert.equal(pool.calls().length, 1);
  gate.open();
  await running;
});

test(
  'a call that ends the thread of the next one, which is told of it, takes no place of the line with it',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1, maxQueue: 1 });
    const open = new Gate();
    open.open();
    const told = { running: undefined as Deferred<number> | undefined, wasTold: false };
    const cancel = (): void => {
      told.wasTold ||= told.running !== undefined;
      told.running?.cancel();
    };
    subscribe('heddle:job:started', cancel);
    t.after(() => unsubscribe('heddle:job:started', cancel));
    // Where it is known to be short, the next call is sent ahead at once. On a busy machine it may have taken long.
    while (!told.wasTold) {
      for (let n = 0; n < 20; n++) await pool.defer(passGate, open.shared);
      const gate = new Gate();
      const running = pool.with({ grace: 0 }).defer(passGate, gate.shared);
      await gate.entered();
      told.running = running;
      const next = pool.defer(add, 1, 2);
      told.running = undefined;
      if (told.wasTold) assert.ok((await failureOf(running)) instanceof CancelledError);
      else gate.open();
      assert.equal(await next, 3);
    }
    assert.equal(pool.statistics().backlog, 0);
    await pool.drain();
  },
);

test('a signal of another kind that cannot be listened to fails the call, which keeps no program', limit, async () => {
  const { code, stdout } = await runProgram(`
    import { deferToThread } from 'heddle';
    const signal = {
      aborted: false,
      addEventListener() { throw new Error('not here'); },
      removeEventListener() {},
    };
    deferToThread.with({ signal })(Math.max, 1, 2).addErrback(({ value }) => console.log(value.message));
  `);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'not here\n' });
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `a pool that somebody stops who hears of its first call ends after that call (${Pool.name})`,
    limit,
    async (t) => {
      // Where the function is known, no thread is made before the call is.
      await poolFor(t, { max: 1 }).defer(add, 0, 0);
      const pool = poolOfOne(t, Pool);
      const order: unknown[] = [];
      let stopped: Deferred<unknown> | undefined;
      const stop = (): void => {
        stopped ??= pool.stop().addCallback(() => void order.push('stopped'));
      };
      subscribe('heddle:job:queued', stop);
      t.after(() => unsubscribe('heddle:job:queued', stop));
      pool.defer(add, 1, 2).addBoth((result) => void order.push(result));
      await stopped;
      assert.deepEqual(order, [3, 'stopped']);
      assert.equal(pool.statistics().threads, 0);
    },
  );
}

test('what is found out of a call that was refused already ends no program', limit, async (t) => {
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(request);
  // Looking for a function takes turns of the loop: the store is refused before it is found that this one cannot go.
  const store = { id: 'a', headers: new Map([['close', () => {}]]) };
  const refused = request.run(store, () => failureOf(pool.defer(add.bind(null, 1), 2)));
  assert.ok((await refused) instanceof UnclonableError);
  const local = (n: number): number => n + 1;
  assert.equal(await pool.defer(local, 1), 2);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.deepEqual(rejections, []);
});
