import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ask, CancelledError, iterateInThread, ProcessPool, ThreadPool } from 'heddle';
import { MemoryThreadPool } from 'heddle/testing';
import { add } from '../../fixtures/threads/jobs.ts';
import {
  askInFinally,
  countItems,
  countItemsLater,
  countToGate,
  exitAfter,
  giveBareItems,
  giveDeep,
  giveEnvironment,
  giveNothing,
  giveRefusal,
  giveUnreadable,
  giveUnsendable,
  giveUnsendableAtSecond,
  giveUnsteady,
  listLater,
  spinAfterFirst,
  throwAfter,
  throwAtSecond,
  failTwice,
  throwInFinally,
} from '../../fixtures/threads/items.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor, poolOfOne } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';

const limit = { timeout: 30_000 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

for (const counting of [countItems, countItemsLater]) {
  const { name } = counting;

  test(`all items come in order, and then what the generator returns (${name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const items = pool.iterate(counting, 100, sharedInts(2));
    for (let n = 1; n <= 100; n++) assert.deepEqual(await items.next(), { done: false, value: n });
    assert.deepEqual(await items.next(), { done: true, value: 'all' });
    assert.deepEqual(await items.next(), { done: true, value: undefined });
  });

  test(`the generator is never more than the buffer ahead, and comes that far (${name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    for (const buffer of [1, 2, 7, 16]) {
      const notes = sharedInts(2);
      const items = pool.with({ buffer }).iterate(counting, 1_000, notes);
      for (let taken = 1; taken <= 40; taken++) {
        await items.next();
        const made = Atomics.load(notes, 0);
        assert.ok(made <= taken + buffer, `${made} made, ${taken} taken, a buffer of ${buffer}`);
      }
      // How far it is told of what was taken, it is told when half of the buffer is.
      await until(() => Atomics.load(notes, 0) >= 40 + Math.floor(buffer / 2));
      await items.return();
    }
  });

  test(`to leave the loop early ends the generator and runs its finally (${name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const notes = sharedInts(2);
    for await (const item of pool.iterate(counting, Number.MAX_SAFE_INTEGER, notes)) {
      if (item === 20) break;
    }
    assert.equal(Atomics.load(notes, 1), 1);
    assert.equal(await pool.defer(add, 1, 2), 3);
  });

  test(`a signal ends the loop with its reason, and the generator with its finally (${name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const notes = sharedInts(2);
    const controller = new AbortController();
    const items = pool
      .with({ signal: controller.signal, grace: 25_000 })
      .iterate(counting, Number.MAX_SAFE_INTEGER, notes);
    await items.next();
    controller.abort(new Error('the client has gone'));
    await assert.rejects(
      async () => {
        for await (const _ of items);
      },
      { code: 'ABORT_ERR', cause: controller.signal.reason },
    );
    await until(() => Atomics.load(notes, 1) === 1);
    assert.equal(await pool.defer(add, 1, 2), 3);
  });
}

test('an iteration whose items nobody has asked for makes no call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const notes = sharedInts(2);
  const items = pool.iterate(countItems, 10, notes);
  assert.deepEqual(pool.pendingCalls(), []);
  assert.deepEqual(await items.return('early'), { done: true, value: 'early' });
  assert.deepEqual(await items.next(), { done: true, value: undefined });
  assert.equal(Atomics.load(notes, 0), 0);
});

test('who asks for an item after leaving an iteration that had not begun is told that it is over', limit, async (t) => {
  const items = poolFor(t).iterate(throwAfter, 3);
  const left = items.return();
  assert.deepEqual(await items.next(), { done: true, value: undefined });
  assert.deepEqual(await left, { done: true, value: undefined });
});

test('a signal ends the loop at once, whatever has arrived', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const controller = new AbortController();
  const notes = sharedInts(2);
  const items = pool.with({ buffer: 100, signal: controller.signal }).iterate(countItems, 1000, notes);
  assert.equal((await items.next()).value, 1);
  while (Atomics.load(notes, 0) < 50) await nextTurn();
  controller.abort();
  await assert.rejects(items.next(), CancelledError);
});

test('several who ask at the same time get the items in the order in which they asked', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const items = pool.with({ buffer: 2 }).iterate(countItems, 4, sharedInts(2));
  const steps = await Promise.all([1, 2, 3, 4, 5, 6].map(() => items.next()));
  assert.deepEqual(
    steps.map(({ value }) => value),
    [1, 2, 3, 4, 'all', undefined],
  );
});

test('the items before an error are given, then the error, once', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const items = pool.iterate(throwAfter, 3);
  for (const n of [1, 2, 3]) assert.equal((await items.next()).value, n);
  await assert.rejects(items.next(), { name: 'RangeError', code: 'E_EMPTY' });
  assert.deepEqual(await items.next(), { done: true, value: undefined });
});

test('a thread that ends gives the items before that, and then says so', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const items = pool.iterate(exitAfter, 2);
  for (const n of [1, 2]) assert.equal((await items.next()).value, n);
  await assert.rejects(items.next(), { code: 'HEDDLE_THREAD_EXIT', exitCode: 3 });
});

test('what the generator throws while it is left comes out of leaving it', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await assert.rejects(
    async () => {
      for await (const _ of pool.iterate(throwInFinally)) break;
    },
    { message: 'cannot close' },
  );
});

test('why an item does not come is told, whatever the generator throws when it is ended for that', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await assert.rejects(pool.iterate(failTwice, 'fails').next(), { message: 'a bad item' });
  await assert.rejects(pool.iterate(failTwice, 'stays').next(), {
    message: /^item: function throwAfter cannot be sent/,
  });
});

test('a generator that computes sees that it has been left', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const notes = sharedInts(2);
  for await (const item of pool.iterate(spinAfterFirst, notes)) if (item === 1) break;
  assert.equal(Atomics.load(notes, 1), 1);
});

test('an iteration that is left while it waits for a thread never begins', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const first = pool.iterate(countItems, Number.MAX_SAFE_INTEGER, sharedInts(2));
  await first.next();
  const notes = sharedInts(2);
  const second = pool.iterate(countItems, 10, notes);
  const waiting = second.next();
  await second.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  await first.return();
  assert.equal(Atomics.load(notes, 0), 0);
});

test('any function is taken that gives an iterable or a promise for one', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const seen: number[] = [];
  for await (const item of pool.iterate(listLater, [1, 2, 3])) seen.push(item);
  assert.deepEqual(seen, [1, 2, 3]);
  const factor = 3;
  function* multiples(upTo: number): Generator<number> {
    for (let n = 1; n <= upTo; n++) yield n * factor;
  }
  const found: number[] = [];
  for await (const item of pool.iterate(multiples, 3)) found.push(item);
  assert.deepEqual(found, [3, 6, 9]);
});

test('what has no items is refused, with the way out', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await assert.rejects(pool.iterate(giveNothing).next(), {
    code: 'HEDDLE_NOT_ITERABLE',
    message: /giveNothing gave undefined.*deferToThread/,
  });
});

test('what is in an object that has no items is not told with it', limit, async (t) => {
  const pool = poolFor(t, { max: 1, env: { PASSWORD: 'a secret' } });
  await assert.rejects(pool.iterate(giveEnvironment).next(), ({ message }: Error) => {
    assert.match(message, /giveEnvironment gave \[Object\], which has no items/);
    return !message.includes('secret');
  });
});

test('an item that cannot be sent ends the generator, and is named', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const items = pool.iterate(giveUnsendable);
  assert.equal((await items.next()).value, 1);
  await assert.rejects(items.next(), { code: 'HEDDLE_UNCLONABLE', message: /^item\.socket/ });
});

test('what gives no iterator results ends the loop, as it does any', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (const step of [5, 'a row', null, undefined]) {
    const message = `Iterator result ${String(step)} is not an object`;
    await assert.rejects(pool.iterate(giveBareItems, step).next(), new TypeError(message));
  }
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`why an item cannot be sent is told of the item, whatever notices it (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const refused = (message: RegExp) => ({ code: 'HEDDLE_UNCLONABLE', message });
    await assert.rejects(pool.iterate(giveUnsteady).next(), refused(/^The item cannot be sent.*only once$/));
    await assert.rejects(pool.iterate(giveDeep, 5_000).next(), refused(/^item: what is more than 1000 levels deep/));
    await assert.rejects(pool.iterate(giveUnreadable).next(), refused(/^The item cannot be sent.*of the getter$/));
    await assert.rejects(pool.iterate(giveRefusal).next(), refused(/^args\[0\]: a socket of somebody else$/));
  });
}

test('iterateInThread uses the reactor’s pool, and takes options', limit, async () => {
  const seen: number[] = [];
  for await (const item of iterateInThread.with({ buffer: 1 })(countItems, 3, sharedInts(2))) seen.push(item);
  for await (const item of iterateInThread(countItems, 3, sharedInts(2))) seen.push(item);
  assert.deepEqual(seen, [1, 2, 3, 1, 2, 3]);
});

test('a memory pool gives the items when it is told to work', limit, async () => {
  const pool = new MemoryThreadPool();
  const items = pool.with({ buffer: 2 }).iterate(countItems, 5, sharedInts(2));
  const all = Promise.all([1, 2, 3, 4, 5, 6].map(() => items.next()));
  await pool.performAll();
  assert.deepEqual(
    (await all).map(({ value }) => value),
    [1, 2, 3, 4, 5, 'all'],
  );
});

test('in whatever order items are asked for and the loop is left, no item is lost or doubled', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom('next', 'two', 'turn', 'return'), { maxLength: 14 }),
      fc.boolean(),
      async (length, buffer, steps, later) => {
        const notes = sharedInts(2);
        const items = pool.with({ buffer }).iterate(later ? countItemsLater : countItems, length, notes);
        const asked: Promise<IteratorResult<number, string | undefined>>[] = [];
        let left = false;
        for (const step of steps) {
          if (step === 'turn') await nextTurn();
          else if (step === 'return') {
            left = true;
            await items.return();
          } else for (let n = 0; n < (step === 'two' ? 2 : 1); n++) asked.push(items.next());
        }
        if (!left) await items.return();
        const values = (await Promise.all(asked)).flatMap((result) => (result.done ? [] : [result.value]));
        assert.deepEqual(
          values,
          values.map((_, index) => index + 1),
        );
        assert.ok(values.length <= length);
        assert.equal(Atomics.load(notes, 1), Atomics.load(notes, 0) > 0 ? 1 : Atomics.load(notes, 1));
      },
    ),
    { numRuns: 60 },
  );
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('the loop over items may defer to the same pool, however small that is', limit, async (t) => {
  for (const concurrency of [1, 2]) {
    const pool = poolFor(t, { max: 1, concurrency });
    let sum = 0;
    for await (const n of pool.iterate(countItems, 100, sharedInts(2))) sum += await pool.defer(add, n, 0);
    assert.equal(sum, 5050);
  }
});

test('a thread has its place again while an iteration ends that was given up as it waited', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  t.after(() => gate.open());
  const controller = new AbortController();
  const { iterate } = pool.with({ signal: controller.signal, onCancel: 'cooperate', buffer: 1 });
  const items = iterate(countToGate, gate.shared);
  assert.equal((await items.next()).value, 1);
  // Meanwhile another thread works in its place.
  assert.equal(await pool.defer(add, 1, 2), 3);
  controller.abort();
  await assert.rejects(items.next(), CancelledError);
  await gate.entered();
  const next = pool.defer(add, 3, 4);
  assert.equal(pool.statistics().backlog, 1);
  gate.open();
  assert.equal(await next, 7);
});

test('readers that have stopped reading keep no other call from the pool', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  const readers = [1, 2, 3].map(() => pool.iterate(countItems, 100, sharedInts(2)));
  for (const reader of readers) assert.deepEqual(await reader.next(), { done: false, value: 1 });
  assert.equal(await pool.defer(add, 1, 2), 3);
  for (const reader of readers) await reader.return();
  assert.equal(await pool.defer(add, 3, 4), 7);
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `a generator that is left may ask in its finally, one that is given up may not: ${Pool.name}`,
    limit,
    async (t) => {
      const pool = new Pool({ max: 1 });
      t.after(() => pool.stop());
      const asked: number[] = [];
      const double = ask((n: number): number => {
        asked.push(n);
        return 2 * n;
      });
      for await (const item of pool.iterate(askInFinally, double)) {
        if (item === 3) break;
      }
      assert.deepEqual(asked, [21, 42]);
      const controller = new AbortController();
      const items = pool.with({ signal: controller.signal }).iterate(askInFinally, double);
      await items.next();
      controller.abort();
      await assert.rejects(items.next(), CancelledError);
      assert.equal(await pool.defer(add, 1, 2), 3);
      assert.deepEqual(asked, [21, 42]);
    },
  );
}

test('what goes wrong with an item that nobody has waited for is nothing to who leaves the loop', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (const generator of [throwAtSecond, giveUnsendableAtSecond]) {
    for (const isEarly of [true, false]) {
      const gate = new Gate();
      if (isEarly) gate.open();
      for await (const item of pool.iterate(generator, gate.shared)) {
        assert.equal(item, 1);
        if (isEarly) await until(() => pool.statistics().idle === 1);
        else await gate.entered();
        setImmediate(() => gate.open());
        break;
      }
    }
  }
});

test('a promise that is returned may be rejected before the generator has ended', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const items = pool.iterate(countItemsLater, Number.MAX_SAFE_INTEGER, sharedInts(2));
  await items.next();
  await assert.rejects(items.return(Promise.reject(new RangeError('mine'))), new RangeError('mine'));
});

for (const pool of ['ThreadPool', 'ProcessPool']) {
  test(`a generator whose items nobody takes does not keep the process: ${pool}`, limit, async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { ${pool} } from 'heddle';
      const pool = new ${pool}({ max: 1 });
      const items = pool.iterate(function* () { for (let n = 1; ; n++) yield n; });
      console.log((await items.next()).value);
      process.on('exit', () => console.log(pool.pendingCalls().length));
      // Its turn comes later than that of who waits for items.
      setTimeout(async () => console.log((await items.next()).value), 100);
    `);
    assert.equal(stderr, '');
    assert.deepEqual([code, stdout], [0, '1\n2\n1\n']);
  });
}

test('a generator whose iterator nobody has any more is ended, with its finally', limit, async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool({ max: 1 });
      async function first(items) {
        return (await items.next()).value;
      }
      console.log(await first(pool.iterate(function* () {
        try {
          for (;;) yield 'warp';
        } finally {
          globalThis.left = true;
        }
      })));
      while (pool.statistics().busy > 0) {
        gc();
        await elapse(10);
      }
      console.log(await pool.defer(() => globalThis.left));
    `,
    ['--expose-gc'],
  );
  assert.equal(stderr, '');
  assert.deepEqual([code, stdout], [0, 'warp\ntrue\n']);
});

test('a generator is ended, too, where only the store of an AsyncLocalStorage has its iterator', limit, async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { AsyncLocalStorage } from 'node:async_hooks';
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool({ max: 1 });
      const request = new AsyncLocalStorage();
      function* forEver() {
        for (;;) yield 'warp';
      }
      async function first() {
        const store = request.getStore();
        store.items = pool.iterate(forEver);
        return (await store.items.next()).value;
      }
      console.log(await request.run({}, first));
      for (let round = 0; round < 500 && pool.statistics().busy > 0; round++) {
        gc();
        await elapse(10);
      }
      console.log(pool.statistics().busy);
    `,
    ['--expose-gc'],
  );
  assert.equal(stderr, '');
  assert.deepEqual([code, stdout], [0, 'warp\n0\n']);
});

test('an iterator that is over or was never asked keeps nothing that leads to it', limit, async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool({ max: 1 });
      function* once() {
        yield 'warp';
      }
      function iterate() {
        const controller = new AbortController();
        const argument = {};
        const items = pool.with({ signal: controller.signal }).iterate(once, argument);
        controller.signal.addEventListener('abort', () => items.return());
        return { items, argument };
      }
      async function throughAll() {
        const { items } = iterate();
        for await (const item of items) console.log(item);
        return new WeakRef(items);
      }
      function neverAsked() {
        const { items, argument } = iterate();
        argument.items = items;
        return new WeakRef(items);
      }
      for (const iterator of [await throughAll(), neverAsked()]) {
        for (let round = 0; round < 100 && iterator.deref() !== undefined; round++) {
          await elapse(1);
          gc();
        }
        console.log(iterator.deref());
      }
    `,
    ['--expose-gc'],
  );
  assert.equal(stderr, '');
  assert.deepEqual([code, stdout], [0, 'warp\nundefined\nundefined\n']);
});

test('an item that is still waited for comes also where nobody has the iterator any more', limit, async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { setTimeout as elapse } from 'node:timers/promises';
      import { ask, ThreadPool } from 'heddle';
      const pool = new ThreadPool({ max: 1 });
      let answer;
      let next = pool.iterate(function* (question) {
        yield question();
        yield 'weft';
      }, ask(() => new Promise((resolve) => (answer = resolve)))).next();
      while (answer === undefined) await elapse(1);
      for (let round = 0; round < 5; round++) {
        gc();
        await elapse(1);
      }
      answer('warp');
      console.log((await next).value);
    `,
    ['--expose-gc'],
  );
  assert.equal(stderr, '');
  assert.deepEqual([code, stdout], [0, 'warp\n']);
});
