import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import type { Deferred } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import { PoolFullError, StorageNotExportedError, type ThreadPool, UnclonableError } from 'heddle/threads';
import { addTo, openAccount } from '../../fixtures/threads/items.ts';
import { identity, passGate } from '../../fixtures/threads/jobs.ts';
import {
  hiddenStorage,
  type Request,
  request,
  runHidden,
  session,
  tenant,
  whoAsks,
  whoAsksEachTime,
  whoAsksLater,
} from '../../fixtures/threads/stores.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { runProgramFile } from '../../support/program.ts';

const limit = { timeout: 30_000 };

function within<T>(id: string, name: string, f: () => T): T {
  return request.run({ id }, () => tenant.run(name, f));
}

test(
  'the stores at the call are those of the thread, through awaits and timers, for each call its own',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    // Made before the storages are found, it waits for that.
    pool.propagate(request);
    const first = within('r1', 'a', () => pool.defer(whoAsks));
    await pool.propagate(tenant);
    assert.equal(await first, 'r1 of undefined');
    const [later, soon, none, one] = await Promise.all([
      within('r2', 'b', () => pool.defer(whoAsksLater)),
      within('r3', 'c', () => pool.defer(whoAsks)),
      pool.defer(whoAsks),
      tenant.run('d', () => pool.defer(whoAsks)),
    ]);
    assert.deepEqual(later, ['r2 of b', 'r2 of b', 'r2 of b']);
    assert.deepEqual([soon, none, one], ['r3 of c', 'undefined of undefined', 'undefined of d']);
  },
);

test('storages that nobody has named stay here', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(tenant);
  assert.equal(await within('r1', 'a', () => pool.defer(whoAsks)), 'undefined of a');
});

test('a store is a copy, of whatever can be copied', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(request);
  const store: Request = { id: 'r1', headers: new Map<string, unknown>([['bytes', Buffer.from('b')]]) };
  const bytes = await request.run(store, () =>
    pool.defer(() => Buffer.isBuffer(request.getStore()?.headers?.get('bytes'))),
  );
  assert.equal(bytes, true);
});

test('closures, iterations and bound objects have the stores as well', limit, async (t) => {
  const pool = poolFor(t);
  await pool.propagate(tenant);
  const suffix = '!';
  assert.equal(await tenant.run('a', () => pool.defer(() => `${tenant.getStore()}${suffix}`)), 'a!');
  const items = tenant.run('b', () => pool.iterate(whoAsksEachTime));
  assert.equal((await items.next()).value, 'undefined of b');
  await items.return();
  const bound = pool.bind(() => new Map<string, number>());
  assert.equal(await tenant.run('c', () => bound.defer(() => tenant.getStore())), 'c');
});

test('an iteration has the stores of the request that began it, though others take its items', limit, async (t) => {
  const pool = poolFor(t);
  await pool.propagate(tenant);
  const bound = pool.bind(() => new Map<string, number>());
  const begun = [() => pool.iterate(whoAsksEachTime), () => bound.iterate(() => whoAsksEachTime())].map((iterate) =>
    tenant.run('the request', iterate),
  );
  for (const items of begun) {
    const first = await tenant.run('a framework', () => items.next());
    const second = await items.next();
    assert.deepEqual([first.value, second.value], ['undefined of the request', 'undefined of the request']);
    await items.return();
  }
});

test('a store that cannot be copied fails the call, by its path', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(request);
  const store = { id: 'r1', headers: new Map([['socket', () => {}]]) };
  const error = await errorOf(
    request.run(store, () => pool.defer(whoAsks)),
    UnclonableError,
  );
  assert.match(error.message, /store of a propagated AsyncLocalStorage\.headers\.get\('socket'\)/);
  assert.equal(await pool.defer(identity, 1), 1);
});

test('a store whose getter throws is one that cannot be copied, and says why', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(request);
  const store = {
    get id(): string {
      throw new RangeError('no id yet');
    },
  };
  const error = await errorOf(
    request.run(store, () => pool.defer(whoAsks)),
    UnclonableError,
  );
  assert.match(
    error.message,
    /^The store of a propagated AsyncLocalStorage cannot be sent to another thread: no id yet/,
  );
  assert.ok(error.cause instanceof RangeError);
});

test('a call that the getter of a store makes has its place in the queue before the one within', limit, async (t) => {
  const pool = poolFor(t, { max: 1, maxQueue: 1 });
  await pool.propagate(request);
  await pool.defer(identity, 0);
  const gate = new Gate();
  t.after(() => gate.open());
  const running = pool.defer(passGate, gate.shared);
  let inner: Deferred<string> | undefined;
  const store: Request = {
    get id(): string {
      inner ??= request.exit(() => pool.defer(identity<string>, 'inner'));
      return 'r1';
    },
  };
  const outer = request.run(store, () => pool.defer(identity, 'outer'));
  assert.equal(pool.statistics().backlog, 1);
  await errorOf(outer, PoolFullError);
  gate.open();
  await running;
  assert.equal(await inner, 'inner');
});

for (const [who, dispose] of [
  ['disposes of it', (bound: AsyncDisposable) => bound[Symbol.asyncDispose]()],
  ['stops its pool', (_bound: AsyncDisposable, pool: ThreadPool) => pool.stop()],
] as const) {
  test(`a bound object is disposed of whatever is in the store of who ${who}`, limit, async (t) => {
    const pool = poolFor(t);
    await pool.propagate(request);
    const notes = sharedInts(1);
    const account = pool.bind(openAccount, 100, notes);
    assert.equal(await account.defer(addTo, 1), 101);
    const headers = new Map([['f', () => {}]]);
    await request.run({ id: 'r1', headers }, () => dispose(account, pool));
    assert.equal(notes[0], 1);
  });
}

test('a storage that no module exports is refused, and so are the calls that were made meanwhile', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const propagated = pool.propagate(hiddenStorage());
  const call = runHidden(() => pool.defer(whoAsks));
  await errorOf(propagated, StorageNotExportedError);
  await errorOf(call, StorageNotExportedError);
  assert.equal(await runHidden(() => pool.defer(identity, 1)), 1);
});

test(
  'a storage that its module does not make in threads fails the calls, and keeps no other store from them',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    assert.ok(session !== undefined);
    await pool.propagate(session);
    await pool.propagate(tenant);
    const call = session.run('s1', () => tenant.run('a', () => pool.defer(whoAsks)));
    const error = await errorOf(call, StorageNotExportedError);
    assert.match(error.message, /store of session .*stores\.js exports no AsyncLocalStorage/);
    assert.equal(await tenant.run('a', () => pool.defer(whoAsks)), 'undefined of a');
  },
);

test('a storage of the entry module is refused', limit, async (t) => {
  const { stdout } = await runProgramFile(
    t,
    `
    import { AsyncLocalStorage } from 'node:async_hooks';
    import { ThreadPool } from 'heddle';
    export const storage = new AsyncLocalStorage();
    const pool = new ThreadPool();
    await pool.propagate(storage).catch((error) => console.log(error.code));
    await pool.stop();
  `,
  );
  assert.equal(stdout.trim(), 'HEDDLE_STORAGE_NOT_EXPORTED');
});

test('what is no AsyncLocalStorage is refused at once', (t) => {
  const pool = poolFor(t);
  assert.throws(() => pool.propagate({} as AsyncLocalStorage<unknown>), {
    code: 'HEDDLE_INVALID_ARGUMENT',
    message: 'propagate takes an AsyncLocalStorage, not {}.',
  });
  assert.ok(new AsyncLocalStorage());
});

test('a memory pool copies the stores too', limit, async () => {
  const pool = new MemoryThreadPool();
  await pool.propagate(tenant);
  const store = tenant.run('a', () => pool.defer(whoAsks));
  await tenant.run('another', () => pool.performAll());
  assert.equal(await store, 'undefined of a');
});
