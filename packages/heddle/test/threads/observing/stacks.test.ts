import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { type Failure, setDebugging } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import type { ThreadPool } from 'heddle/threads';
import { exit, throwQuotaError, throwValue } from '../../fixtures/threads/faults.ts';
import { giveUnsendable, throwAfter } from '../../fixtures/threads/items.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

/** The names of the functions in a stack, in their order; the boundary as it is. */
function functionsIn(stack: string | undefined): string[] {
  return (stack ?? '').split('\n').flatMap((line) => {
    const name = /^\s+at (?:async )?(?<name><thread>|[\w.]+)/.exec(line)?.groups?.['name'];
    return name === undefined ? [] : [name];
  });
}

async function inner(pool: ThreadPool): Promise<unknown> {
  return await pool.defer(throwQuotaError);
}

async function outer(pool: ThreadPool): Promise<unknown> {
  const value = await inner(pool);
  return value;
}

async function caught(run: () => PromiseLike<unknown>): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

async function goThrough(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

test('what an iteration fails with shows who goes through it, also where the error had to wait', limit, async (t) => {
  const pool = poolFor(t);
  const failing: readonly (() => AsyncIterableIterator<unknown>)[] = [
    () => pool.iterate(throwAfter, 1),
    () => pool.iterate(giveUnsendable),
  ];
  for (const iterate of failing) {
    for (const wait of [0, 50]) {
      const items = iterate();
      await items.next();
      await elapse(wait);
      const { stack } = await caught(() => goThrough(items));
      assert.match(stack ?? '', /at <thread>\n\s+at async goThrough \(file:.*stacks\.test\.js:\d+:\d+\)/);
    }
  }
});

test(
  'the stack of an error goes on with the functions that await the call, after the boundary of the thread',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const { stack } = await caught(() => outer(pool));
    const functions = functionsIn(stack);
    assert.equal(functions[0], 'throwQuotaError');
    assert.deepEqual(functions.slice(functions.indexOf('<thread>'), functions.indexOf('<thread>') + 3), [
      '<thread>',
      'inner',
      'outer',
    ]);
    assert.match(stack ?? '', /at async outer \(file:.*stacks\.test\.js:\d+:\d+\)/);
  },
);

test('a call that is awaited among others has its place in the stack', limit, async (t) => {
  const pool = poolFor(t);
  async function several(): Promise<void> {
    await Promise.all([pool.defer(Math.sqrt, 4), pool.defer(throwQuotaError)]);
  }
  const { stack } = await caught(several);
  assert.match(stack ?? '', /at <thread>\n\s+at async Promise\.all \(index 1\)\n\s+at async several/);
});

test('an error of Heddle’s own shows who awaits the call, too', limit, async (t) => {
  const pool = poolFor(t);
  async function ending(): Promise<void> {
    await pool.defer(exit, 0);
  }
  assert.match((await caught(ending)).stack ?? '', /^ThreadExitError[^]*at async ending/);
});

test('of several who await the same call, the first is shown, and the stack does not grow', limit, async (t) => {
  const pool = poolFor(t);
  const call = pool.defer(throwQuotaError);
  const one = async (): Promise<unknown> => await call;
  const [first, second] = await Promise.all([caught(one), caught(one)]);
  assert.equal(first, second);
  assert.equal(first.stack?.match(/<thread>/g)?.length, 1);
});

test(
  'a chain of callbacks gets the thread’s frames alone, and those of its caller with stacks: true',
  limit,
  async (t) => {
    const plain = poolFor(t);
    const withStacks = poolFor(t, { stacks: true });
    function makeCall(pool: ThreadPool, stacks?: boolean): Promise<Failure> {
      const call = (stacks === undefined ? pool : pool.with({ stacks })).defer(throwQuotaError);
      return new Promise((resolve) => void call.addErrback((failure: Failure) => resolve(failure)));
    }
    for (const [pool, stacks, shown] of [
      [plain, undefined, false],
      [plain, true, true],
      [withStacks, undefined, true],
      [withStacks, false, false],
    ] as const) {
      const { stack } = (await makeCall(pool, stacks)).value as Error;
      const functions = functionsIn(stack);
      assert.equal(functions[0], 'throwQuotaError');
      assert.equal(functions.includes('makeCall'), shown, stack);
      if (shown)
        assert.equal(functions[functions.indexOf('<thread>') + 1], 'makeCall', 'the frames of Heddle are left out');
    }
  },
);

test('in the debug mode of Deferreds every call remembers where it was made', limit, async (t) => {
  const pool = poolFor(t);
  setDebugging(true);
  t.after(() => setDebugging(false));
  function makeCall(): PromiseLike<unknown> {
    return pool.defer(throwQuotaError);
  }
  const call = makeCall();
  setDebugging(false);
  assert.ok(functionsIn((await caught(() => call)).stack).includes('makeCall'));
});

test('what is no error, and an error that cannot be changed, arrive as they are', limit, async (t) => {
  const pool = poolFor(t, { stacks: true });
  assert.equal(await caught(() => pool.defer(throwValue, 'a text')), 'a text');
  assert.equal(await caught(() => pool.defer(throwValue, undefined)), undefined);
});

test('a memory pool joins the stacks as well', limit, async () => {
  const pool = new MemoryThreadPool();
  const failing = caught(() => outer(pool));
  await pool.performAll();
  const functions = functionsIn((await failing).stack);
  assert.ok(functions.indexOf('throwQuotaError') < functions.indexOf('outer'), functions.join());
});
