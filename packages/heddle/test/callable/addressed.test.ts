import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressed, partsOf } from 'heddle/addressed';
import { ask, CallableError, inThread, notify, ThreadInitError, type ThreadPool } from 'heddle/threads';
import { tenant } from '../fixtures/threads/stores.ts';
import { errorOf } from '../support/failure-of.ts';
import { poolFor } from '../support/pools.ts';
import { programFile, runProgram } from './program.ts';

const url = new URL('../fixtures/callable/addressed-module.js', import.meta.url);
const limit = { timeout: 60_000 };

/** What the function itself answers with: whether it was captured tells which way it went. */
type Answer = readonly [way: string, value: unknown];

test('a function with an address goes by it, with the values of its closure', limit, async (t) => {
  const pool = poolFor(t);
  const held = { list: [1, 2] };
  const f = addressed(
    (): Answer => ['captured', held.list],
    url,
    '$0',
    () => [held, 3],
  );
  assert.deepEqual(await pool.defer(f), ['by its address', 2]);
});

test('of its values only what is used is taken, and what several of them hold stays one object', () => {
  const inner = { m: 2, list: [1] };
  const view = { inner, socket: process.stdout };
  const [taken, whole, other, none] = partsOf(
    [view, inner, { inner, missing: undefined }, 3],
    [{ inner: { m: 1 }, head: 1 }, 1, { inner: { list: 1 } }, { length: 1 }],
  );
  assert.deepEqual(taken, { inner });
  assert.equal(whole, inner);
  assert.equal((taken as typeof view).inner, inner);
  assert.equal((other as typeof view).inner, inner);
  assert.equal(none, 3);
});

test('where its closure holds a function, it is captured as it is without an address', limit, async (t) => {
  const pool = poolFor(t);
  const double = (n: number): number => n * 2;
  const f = addressed(
    (): Answer => ['captured', double(3)],
    url,
    '$0',
    () => [double],
  );
  assert.deepEqual(await pool.defer(f), ['captured', 6]);
});

test('where it holds an object that the language finds functions in, it is captured, too', limit, async (t) => {
  const pool = poolFor(t);
  const range = {
    *[Symbol.iterator](): Generator<number> {
      yield* [1, 2];
    },
  };
  const f = addressed(
    (): Answer => ['captured', [...range]],
    url,
    '$0',
    () => [range],
  );
  assert.deepEqual(await pool.defer(f), ['captured', [1, 2]]);
});

test('where only a part of a value is such an object, it is captured, too', limit, async (t) => {
  const pool = poolFor(t);
  const loom = {
    range: {
      *[Symbol.iterator](): Generator<number> {
        yield* [1, 2];
      },
    },
    width: 3,
  };
  const f = addressed(
    (): Answer => ['captured', [...loom.range]],
    url,
    '$0',
    () => partsOf([loom], [{ range: 1 }]),
  );
  const width = addressed(
    (): Answer => ['captured', loom.width],
    url,
    '$0',
    () => partsOf([loom], [{ width: 1 }]),
  );
  assert.deepEqual(await pool.defer(f), ['captured', [1, 2]]);
  assert.deepEqual(await pool.defer(width), ['by its address', 1]);
});

test('one that captures functions which are passed on goes by its address', limit, async (t) => {
  const pool = poolFor(t);
  const tell = notify(() => undefined);
  const question = ask(() => 1);
  const double = inThread((n: number): number => n * 2);
  const f = addressed(
    (): Answer => ['captured', [tell, question, double].length],
    url,
    '$0',
    () => [tell, question, double],
  );
  assert.deepEqual(await pool.defer(f), ['by its address', 3]);
});

test('where a value holds functions, it is captured as it is without an address', limit, async (t) => {
  const pool = poolFor(t);
  const tools = { by: 2, times: (n: number) => n * 2 };
  const f = addressed(
    (): Answer => ['captured', tools.times(tools.by)],
    url,
    '$0',
    () => [tools],
  );
  assert.deepEqual(await pool.defer(f), ['captured', 4]);
  assert.deepEqual(await pool.defer(f), ['captured', 4]);
});

type Ways = (f: () => Answer, pool: ThreadPool) => Promise<unknown>;

async function itemsOf(iterator: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of iterator) items.push(item);
  return items;
}

const ways: Readonly<Record<string, Ways>> = {
  'whose items are wanted': async (f, pool) => itemsOf(pool.iterate(f)),
  'that makes an object': async (f, pool) => {
    await using made = pool.bind(f);
    return made.defer((object: unknown) => object);
  },
  'that gets an object': async (f, pool) => {
    await using made = pool.bind(() => [0]);
    return made.defer(f);
  },
  'that gets an object, and whose items are wanted': async (f, pool) => {
    await using made = pool.bind(() => [0]);
    return itemsOf(made.iterate(f));
  },
  'that runs within propagated stores': async (f, pool) => {
    await pool.propagate(tenant);
    return tenant.run('warp', () => pool.defer(f));
  },
  'that is passed along': async (f, pool) => pool.defer((passed: () => Answer) => passed(), inThread(f)),
};

for (const [which, way] of Object.entries(ways)) {
  test(`one ${which} goes by its address, and without where a value holds functions`, limit, async (t) => {
    const pool = poolFor(t);
    const plain = addressed(
      (): Answer => ['captured', 1],
      url,
      '$0',
      () => [1],
    );
    const tools = { by: 2, times: (n: number) => n * 2 };
    const holding = addressed(
      (): Answer => ['captured', tools.times(tools.by)],
      url,
      '$0',
      () => [tools],
    );
    assert.deepEqual(await way(plain, pool), ['by its address', 1]);
    assert.deepEqual(await way(holding, pool), ['captured', 4]);
    assert.deepEqual(await way(holding, pool), ['captured', 4]);
  });
}

test('an initThread whose values hold functions runs without the address that it was given', limit, async (t) => {
  const tools = { by: 2, times: (n: number) => n * 2 };
  const initThread = addressed(
    () => void Object.assign(globalThis, { made: tools.times(tools.by) }),
    url,
    '$0',
    () => [tools],
  );
  const pool = poolFor(t, { initThread });
  assert.equal(await pool.defer(() => (globalThis as { made?: number }).made), 4);
});

test('an initThread that the address is wrapped around is told of as the option', limit, async (t) => {
  const initThread = addressed(
    (): never => {
      throw new Error('no loom');
    },
    undefined,
    '$0',
    () => [],
  );
  const { message } = await errorOf(
    poolFor(t, { initThread }).defer(() => 1),
    ThreadInitError,
  );
  assert.match(message, /the pool's initThread failed \(no loom\)/);
});

test(
  'one of several that are called together goes without its address where a value holds functions',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    const tools = { by: 2, times: (n: number) => n * 2 };
    const holding = addressed(
      () => void Object.assign(globalThis, { made: tools.times(tools.by) }),
      url,
      '$0',
      () => [tools],
    );
    pool.callMultipleInThread([[holding]]);
    assert.equal(await pool.defer(() => (globalThis as { made?: number }).made), 4);
  },
);

test('where only a part of a value can be copied, that part is', limit, async (t) => {
  const pool = poolFor(t);
  const request = { body: { text: 'warp' }, socket: process.stdout };
  const f = addressed(
    (): Answer => ['captured', request.body.text],
    url,
    '$0',
    () => [request],
  );
  assert.deepEqual(await pool.defer(f), ['captured', 'warp']);
});

test('what cannot be copied is refused under the code of run-time capture', limit, async (t) => {
  const pool = poolFor(t);
  const handle = process.stdout;
  class Loom {}
  const loom = new Loom();
  const withHandle = addressed(
    () => String(handle),
    url,
    '$0',
    () => [handle],
  );
  const withInstance = addressed(
    () => String(loom),
    url,
    '$0',
    () => [loom],
  );
  const mark = Symbol('mark');
  const withSymbol = addressed(
    () => String(mark),
    url,
    '$0',
    () => [mark],
  );
  assert.equal((await errorOf(pool.defer(withInstance), CallableError)).code, 'HEDDLE_CAPTURES_INSTANCE');
  assert.equal((await errorOf(pool.defer(withSymbol), CallableError)).code, 'HEDDLE_CAPTURES_UNCLONABLE');
  assert.equal((await errorOf(pool.defer(withHandle), CallableError)).code, 'HEDDLE_CAPTURES_HANDLE');
});

test('a variable in its dead zone is told when the call is made, and a later call works', limit, async (t) => {
  const pool = poolFor(t);
  const f = (): Answer => ['captured', late];
  const early = pool.defer(addressed(f, url, '$0', () => [late]));
  const late = Number('1');
  assert.equal((await errorOf(early, CallableError)).code, 'HEDDLE_DEAD_ZONE');
  assert.deepEqual(await pool.defer(addressed(f, url, '$0', () => [late])), ['by its address', 1]);
});

test('the values are those of the moment of the call, also where another place makes it', limit, async (t) => {
  const pool = poolFor(t);
  let ends = 1;
  const f = addressed(
    (_more: number): Answer => ['captured', ends],
    url,
    '$0',
    () => Array.from({ length: ends }, () => 0),
  );
  ends = 2;
  assert.deepEqual(await pool.defer(f, 0), ['by its address', 2]);
  const sameByAnotherName: typeof f = f;
  assert.deepEqual(await pool.defer(sameByAnotherName, (ends = 4)), ['by its address', 4]);
});

test('without code generation, it is told that a value cannot be copied, and which', limit, async () => {
  const args = ['--disallow-code-generation-from-strings', programFile('addressed-unclonable.js')];
  const [error] = (await runProgram(args)) as { code: string; message: string }[];
  assert.equal(error?.code, 'HEDDLE_CAPTURES_UNCLONABLE');
  assert.match(String(error?.message), /captured\[0\]\.times/);
});

test('what is no function is refused as everywhere', limit, async (t) => {
  const pool = poolFor(t);
  const f = addressed(1 as unknown as () => number, url, '$0', () => []);
  assert.equal((await errorOf(pool.defer(f), CallableError)).code, 'HEDDLE_NOT_A_FUNCTION');
});
