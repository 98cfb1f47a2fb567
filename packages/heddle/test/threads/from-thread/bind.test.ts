import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bindToThread, reactor } from 'heddle';
import { Deferred } from 'heddle/defer';
import { MemoryThreadPool, successResultOf } from 'heddle/testing';
import { ask, BoundObjectLostError, PoolStoppedError, ThreadExitError, UnclonableError } from 'heddle/threads';
import { add, whichThread } from '../../fixtures/threads/jobs.ts';
import {
  type Account,
  addAnswer,
  addTo,
  exitWith,
  openAccount,
  openAccountLater,
  refuseToOpen,
  waitAtGate,
} from '../../fixtures/threads/items.ts';
import { countOn, increase, makeCounter } from '../../fixtures/threads/in-process.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';

const limit = { timeout: 30_000 };

test('functions are called with the object in its thread, one after the other', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => account.defer(addTo, n))), [101, 103, 106]);
  const interest = 2;
  assert.equal(await account.defer((bound: Account) => bound.add(interest)), 108);
});

test('each bound object has a thread of its own, beside those of the pool', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const threads = await Promise.all([
    pool.bind(Array).defer(whichThread),
    pool.bind(Array).defer(whichThread),
    pool.defer(whichThread),
  ]);
  assert.equal(new Set(threads).size, 3);
});

test('an object that cannot be made fails the calls to it with the reason', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(refuseToOpen);
  for (let round = 0; round < 2; round++) {
    const calls = [account.defer(addTo as never), account.defer(addTo as never)];
    for (const call of calls) assert.equal(((await errorOf(call, Error)) as { code?: string }).code, 'ENOENT');
  }
  await assert.rejects(account.iterate(addTo as never).next(), { code: 'ENOENT' });
  await account[Symbol.asyncDispose]();
  await assert.rejects(account.iterate(addTo as never).next(), { code: 'ENOENT' });
});

test(
  'whoever disposes of an object that could not be made learns why, where no call has told of it',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const account = pool.bind(refuseToOpen);
    const disposed = account[Symbol.asyncDispose]();
    await assert.rejects(disposed, { code: 'ENOENT' });
    // Once is enough.
    assert.equal(account[Symbol.asyncDispose](), disposed);
    const other = pool.bind(refuseToOpen);
    const call = other.defer(addTo as never);
    const disposedToo = other[Symbol.asyncDispose]();
    assert.equal(((await errorOf(call, Error)) as { code?: string }).code, 'ENOENT');
    await disposedToo;
  },
);

test(
  'an object is disposed of by its own method when the calls before are done, and its thread ends',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const notes = sharedInts(1);
    let last: Promise<number>;
    {
      await using account = pool.bind(openAccount, 1, notes);
      last = account.defer(addTo, 1).toPromise();
    }
    assert.equal(await last, 2);
    assert.equal(Atomics.load(notes, 0), 1);
  },
);

test('an object that is gone with its thread is not made again behind the caller’s back', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  assert.equal(await account.defer(addTo, 1), 101);
  const [ended, behind] = [account.defer(exitWith), account.defer(addTo, 1)];
  await errorOf(ended, ThreadExitError);
  await errorOf(behind, BoundObjectLostError);
  const error = await errorOf(account.defer(addTo, 1), BoundObjectLostError);
  assert.match(error.message, /addTo was not called.*bindToThread/);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a call that is given up leaves the object alone', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const gate = new Gate();
  const call = account.defer(waitAtGate, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, Error);
  gate.open();
  assert.equal(await account.defer(addTo, 1), 101);
});

test('a call that is given up takes the object with it where that is asked for', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const gate = new Gate();
  const call = account.with({ onCancel: 'terminate', grace: 0 }).defer(waitAtGate, gate.shared);
  await gate.entered();
  call.cancel();
  await errorOf(call, Error);
  await errorOf(account.defer(addTo, 1), BoundObjectLostError);
});

test('an iteration that is given up ends its generator, and leaves the object alone', limit, async (t) => {
  await using counter = poolFor(t).bind(makeCounter);
  const given = new AbortController();
  const items = counter.with({ signal: given.signal }).iterate(countOn, Number.MAX_SAFE_INTEGER);
  assert.deepEqual(await items.next(), { done: false, value: 1 });
  given.abort();
  await assert.rejects(
    (async () => {
      for await (const _ of items);
    })(),
    { code: 'ABORT_ERR' },
  );
  assert.equal(await counter.defer(increase), 1);
});

test('an iteration whose thread has ended fails, and the object is gone', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const items = account.iterate(function* (bound: Account) {
    yield bound.add(1);
    process.exit(3);
  });
  assert.deepEqual(await items.next(), { done: false, value: 101 });
  await assert.rejects(items.next(), ThreadExitError);
  await errorOf(account.defer(addTo, 1), BoundObjectLostError);
  await assert.rejects(account.iterate((bound: Account) => [bound.add(1)]).next(), BoundObjectLostError);
});

test('what gives no items is refused by the name of the function', limit, async (t) => {
  await using account = poolFor(t).bind(openAccount, 100, sharedInts(1));
  await assert.rejects(account.iterate(addTo as never, 1 as never).next(), {
    code: 'HEDDLE_NOT_ITERABLE',
    message: /^addTo gave 101, which has no items/,
  });
  assert.equal(await account.defer(addTo, 1), 102);
});

test('an object is disposed of when a loop over its items is over', limit, async (t) => {
  const notes = sharedInts(1);
  const account = poolFor(t).bind(openAccount, 1, notes);
  const items = account.with({ buffer: 1 }).iterate((bound: Account) => [bound.add(1), bound.add(1), bound.add(1)]);
  assert.equal((await items.next()).value, 2);
  const disposed = account[Symbol.asyncDispose]();
  assert.equal((await items.next()).value, 3);
  assert.equal(Atomics.load(notes, 0), 0);
  for await (const last of items) assert.equal(last, 4);
  await disposed;
  assert.equal(Atomics.load(notes, 0), 1);
});

test('a bad option of its calls is refused at once, by its name', limit, async (t) => {
  await using account = poolFor(t).bind(openAccount, 100, sharedInts(1));
  assert.throws(() => account.with({ timeout: -1 }), /The option timeout of a call must be .*, not -1\./);
});

test('what cannot be copied stays with the object: a result that is it is refused', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  await errorOf(
    account.defer((bound: Account) => bound),
    UnclonableError,
  );
  assert.equal(await account.defer(addTo, 1), 101);
});

test('a pool that is stopped finishes the calls of its bound objects, and ends their threads', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const call = account.defer(addTo, 1);
  assert.deepEqual(pool.pendingCalls(), ['openAccount', 'addTo']);
  await pool.stop();
  assert.equal(await call, 101);
  assert.equal(((await errorOf(account.defer(addTo, 1), Error)) as { code?: string }).code, 'HEDDLE_POOL_STOPPED');
  const late = pool.bind(openAccount, 100, sharedInts(1));
  assert.equal(((await errorOf(late.defer(addTo, 1), Error)) as { code?: string }).code, 'HEDDLE_POOL_STOPPED');
});

test('a pool that is stopped disposes of its bound objects, after their calls', limit, async (t) => {
  const pool = poolFor(t);
  const notes = sharedInts(1);
  const idle = pool.bind(openAccount, 100, notes);
  await idle.defer(addTo, 1);
  const busy = pool.bind(openAccount, 100, notes);
  const gate = new Gate();
  const held = busy.defer(waitAtGate, gate.shared);
  await gate.entered();
  const after = busy.defer(addTo, 1);
  const stopped = pool.stop();
  const refused = await errorOf(busy.defer(addTo, 1), PoolStoppedError);
  assert.match(refused.message, /did not take addTo/);
  gate.open();
  await Promise.all([held, after, stopped]);
  assert.equal(notes[0], 2, 'both have been disposed of');
  await idle[Symbol.asyncDispose]();
  await pool.stop();
  assert.equal(notes[0], 2, 'each once');
});

test('a bound object that cannot be disposed of with its pool is no less a failure', limit, async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool();
    const ledger = pool.bind(() => ({
      [Symbol.dispose]() {
        throw new Error('the ledger will not close');
      },
    }));
    await ledger.defer(() => {});
    await pool.stop();
    console.log('stopped');
  `);
  assert.equal(stdout, 'stopped\n');
  assert.match(stderr, /Unhandled failure in a Deferred:\n.*the ledger will not close/);
  assert.equal(code, 1);
});

test('a memory pool disposes of its bound objects by itself when it is stopped', limit, async () => {
  const pool = new MemoryThreadPool();
  const notes = sharedInts(1);
  const account = pool.bind(openAccount, 1, notes);
  const call = account.defer(addTo, 1);
  await pool.performAll();
  assert.equal(successResultOf(call), 2);
  await pool.stop();
  assert.equal(notes[0], 1);
});

test(
  'an idle bound object does not keep the pool’s stop waiting, nor one that never ends with a deadline',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const account = pool.bind(openAccount, 100, sharedInts(1));
    const gate = new Gate();
    const call = account.defer(waitAtGate, gate.shared);
    await gate.entered();
    const stopped = pool.stop({ deadline: 0 });
    assert.equal(((await errorOf(call, Error)) as { code?: string }).code, 'HEDDLE_POOL_STOPPED');
    await stopped;
  },
);

test('bindToThread uses the reactor’s pool, and takes options for the calls', limit, async () => {
  await using account = bindToThread.with({ timeout: 25_000 })(openAccount, 1, sharedInts(1));
  assert.equal(await account.defer(addTo, 1), 2);
  assert.ok(reactor.getThreadPool());
});

test('a memory pool runs the calls of a bound object when it is told to', limit, async () => {
  const pool = new MemoryThreadPool();
  const account = pool.bind(openAccount, 1, sharedInts(1));
  const call = account.defer(addTo, 1);
  await pool.performAll();
  await nextTurn();
  assert.equal(successResultOf(call), 2);
});

test('its calls run one after the other, also where others share a thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 5 });
  const account = pool.bind(openAccountLater, 100, sharedInts(1));
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => account.defer(addTo, n))), [101, 103, 106]);
  await account[Symbol.asyncDispose]();
});

test('it is disposed of after its calls, whatever may wait and whatever comes first', limit, async (t) => {
  for (const maxQueue of [0, 1, 5]) {
    const pool = poolFor(t, { max: 1, maxQueue });
    const notes = sharedInts(1);
    const account = pool.bind(openAccount, 100, notes);
    assert.equal(await account.defer(addTo, 1), 101);
    const gate = new Gate();
    const held = account.defer(waitAtGate, gate.shared);
    const late = account.with({ priority: -10 }).defer(addTo, 1);
    const disposed = account[Symbol.asyncDispose]();
    await errorOf(account.defer(addTo, 1), BoundObjectLostError);
    gate.open();
    await held;
    assert.equal(await late, 102);
    await disposed;
    assert.equal(notes[0], 1, 'its own dispose has run');
  }
});

test('it is disposed of after its calls also where one of them waits for another of its key', limit, async (t) => {
  const notes = sharedInts(1);
  const account = poolFor(t, { max: 1 }).bind(openAccount, 100, notes);
  const open = new Gate();
  open.open();
  // What is known to be short, others are sent ahead beside.
  for (let n = 0; n < 200; n++) await account.defer(waitAtGate, open.shared);
  const gate = new Gate();
  const { defer } = account.with({ key: 'ledger' });
  const calls = Promise.all([defer(waitAtGate, gate.shared), defer(addTo, 1)]);
  const disposed = account[Symbol.asyncDispose]();
  await gate.entered();
  gate.open();
  assert.deepEqual(await calls, [100, 101]);
  await disposed;
  assert.equal(notes[0], 1, 'its own dispose has run');
});

for (const [how, options, callOptions] of [
  ['', {}, {}],
  [', calls of a key among them', {}, { key: 'ledger' }],
  [', as many as may wait', { maxQueue: 1 }, {}],
] as const) {
  test(`it is disposed of also where the pool is stopped before its calls are done${how}`, limit, async (t) => {
    const pool = poolFor(t, { max: 1, ...options });
    const notes = sharedInts(1);
    const account = pool.with(callOptions).bind(openAccount, 100, notes);
    await account.defer(addTo, 1);
    const gate = new Gate();
    const held = account.defer(waitAtGate, gate.shared);
    await gate.entered();
    const after = account.defer(addTo, 1);
    const disposed = account[Symbol.asyncDispose]();
    const stopped = pool.stop();
    gate.open();
    await Promise.all([held, after, disposed, stopped]);
    assert.equal(notes[0], 1, 'its own dispose has run');
  });
}

test('a pool that is stopped with a deadline ends an object that is being disposed of then', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const gate = new Gate();
  const held = account.defer(waitAtGate, gate.shared);
  await gate.entered();
  const disposed = account[Symbol.asyncDispose]();
  const [, error] = await Promise.all([pool.stop({ deadline: 20 }), errorOf(held, PoolStoppedError)]);
  assert.match(error.message, /waitAtGate was not done/);
  await disposed.catch(() => {});
});

test(
  'while a call waits for an answer, the object waits with it, and is disposed of in its thread',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const notes = sharedInts(1);
    const account = pool.bind(openAccount, 100, notes);
    const asked = new Deferred<void>();
    const answer = new Deferred<number>();
    const question = ask((): Deferred<number> => {
      asked.callback();
      return answer;
    });
    const waiting = account.defer(addAnswer, question);
    await asked;
    const after = account.defer(addTo, 1);
    const disposed = account[Symbol.asyncDispose]();
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    answer.callback(10);
    assert.equal(await waiting, 110);
    assert.equal(await after, 111);
    await disposed;
    assert.equal(Atomics.load(notes, 0), 1);
  },
);

test('a call that passes on the error of another object leaves its own alone', limit, async (t) => {
  const pool = poolFor(t);
  const account = pool.bind(openAccount, 100, sharedInts(1));
  const other = pool.bind(openAccount, 1, sharedInts(1));
  assert.equal(await account.defer(addTo, 1), 101);
  await errorOf(other.defer(exitWith), ThreadExitError);
  const askOther = ask(() => other.defer(addTo, 1));
  const error = await errorOf(account.defer(addAnswer, askOther), BoundObjectLostError);
  assert.match(error.message, /^addTo was not called/);
  assert.equal(await account.defer(addTo, 1), 102);
});

for (const pool of ['ThreadPool', 'ProcessPool']) {
  test(`no other thread begins for an object that is gone with its idle one: ${pool}`, limit, async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ${pool} } from 'heddle';
      const pool = new ${pool}({ initThread: () => console.log('a thread') });
      const ledger = pool.bind(() => new Map());
      await ledger.defer(() => void setTimeout(() => process.exit(9), 10));
      const lookUp = () => ledger.defer((map) => map.size).catch((error) => error.code);
      while ((await lookUp()) !== 'HEDDLE_BOUND_OBJECT_LOST') await elapse(10);
      console.log(await lookUp());
      await ledger[Symbol.asyncDispose]();
      await pool.stop();
    `);
    assert.deepEqual([code, stdout, stderr], [0, 'a thread\nHEDDLE_BOUND_OBJECT_LOST\n', '']);
  });
}

for (const order of ['stopped', 'disposed of']) {
  test(`a factory that was given up keeps neither the process nor the pool: ${order} first`, limit, async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool();
      const connect = () => new Promise(() => setInterval(() => {}, 1000));
      const ledger = pool.with({ timeout: 200 }).bind(connect);
      const waiting = ledger.with({ timeout: Infinity }).defer(() => {});
      for (const call of [ledger.defer(() => {}), waiting]) await call.catch((error) => console.log(error.code));
      ${order === 'stopped' ? '' : 'await ledger[Symbol.asyncDispose]();'}
      ${order === 'stopped' ? '' : 'await pool.stop();'}
    `);
    assert.deepEqual([code, stdout, stderr], [0, 'HEDDLE_TIMEOUT\nHEDDLE_TIMEOUT\n', '']);
  });
}

test(
  'an object that nobody has any more does not keep the process for a call of it that was given up',
  limit,
  async () => {
    const { code, stdout, stderr } = await runProgram(
      `
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool();
      const hang = () => new Promise(() => setInterval(() => {}, 1000));
      async function tryOnce() {
        const ledger = pool.bind(() => new Map());
        await ledger.with({ timeout: 200 }).defer(hang).catch((error) => console.log(error.code));
        return new WeakRef(ledger);
      }
      const ledger = await tryOnce();
      while (ledger.deref() !== undefined) {
        await elapse(10);
        gc();
      }
      await elapse(10);
    `,
      ['--expose-gc'],
    );
    assert.deepEqual([code, stdout, stderr], [0, 'HEDDLE_TIMEOUT\n', '']);
  },
);
