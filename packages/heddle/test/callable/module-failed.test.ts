import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindToThread, CallableError, deferToThread, iterateInThread, ProcessPool, ThreadPool } from 'heddle';
import { inThread, ThreadInitError } from 'heddle/threads';
import { letters, shout } from '../fixtures/callable/only-here.ts';
import { identity } from '../fixtures/threads/jobs.ts';
import { brokenFunction } from '../support/broken-module.ts';
import { errorOf } from '../support/failure-of.ts';

/** A module that the main thread has imported, and no other can. */

const limit = { timeout: 60_000 };

function assertTold(error: unknown, functionName: string, module = /file:.*only-here\.js/): void {
  assert.ok(error instanceof CallableError, String(error));
  assert.equal(error.code, 'HEDDLE_MODULE_FAILED');
  assert.equal(error.functionName, functionName);
  assert.ok(error.message.startsWith(`${functionName || 'An anonymous function'} needs `), error.message);
  assert.match(error.message, module);
  assert.match(error.message, /which cannot be imported in the thread: only in the main thread\. .* top level/);
  assert.ok(error.cause instanceof RangeError);
  assert.equal(error.cause.message, 'only in the main thread');
  assert.match(error.cause.stack ?? '', /only-here/);
}

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `${Pool.name}: what a function's module throws in the thread is told of with its name, each time`,
    limit,
    async (t) => {
      const pool = new Pool({ max: 1, env: { ...process.env, HEDDLE_TEST_ELSEWHERE: '1' } });
      t.after(() => pool.stop({ deadline: 0 }));
      for (const _ of [1, 2]) {
        // oxlint-disable-next-line no-await-in-loop -- the second time the thread knows the module
        assertTold(await errorOf(pool.defer(shout, 'a'), CallableError), 'shout');
      }
      assert.equal(await pool.defer(identity<number>, 1), 1);
    },
  );
}

test(
  'what a module throws that a captured function uses is told of with the name of that function',
  limit,
  async () => {
    const loud = (text: string): string => shout(text);
    assertTold(await errorOf(deferToThread(loud, 'a'), CallableError), 'loud', /only-here\.js/);
    assertTold(
      await errorOf(
        deferToThread(() => shout('a')),
        CallableError,
      ),
      '',
      /only-here\.js/,
    );
  },
);

test('what the module of a passed function throws is told of with its name', limit, async () => {
  const call = deferToThread((f: (text: string) => string) => f('a'), inThread(shout));
  assertTold(await errorOf(call, CallableError), 'shout');
});

test('what the module of initThread throws is the cause of the cause', limit, async (t) => {
  const pool = new ThreadPool({ max: 1, initThread: () => void shout('a') });
  t.after(() => pool.stop());
  const { cause } = await errorOf(pool.defer(identity<number>, 1), ThreadInitError);
  assertTold(cause, 'initThread', /only-here\.js/);
});

test('what the module of a factory, or of a generator, throws is told of with its name', limit, async () => {
  const bound = bindToThread(shout, 'a');
  assertTold(await errorOf(bound.defer(identity<string>), CallableError), 'shout');
  const first = iterateInThread(letters, 'ab').next();
  assertTold(await first.catch((error: unknown) => error), 'letters');
});

test('what a module throws may be anything', limit, async () => {
  const error = await errorOf(deferToThread(brokenFunction('throws-a-symbol.mjs')), CallableError);
  assert.equal(error.code, 'HEDDLE_MODULE_FAILED');
  assert.match(error.message, /^never needs file:.*throws-a-symbol\.mjs, .*: Symbol\(no error\)\. /);
});

test('a module that something else than Node compiles is told of with how threads get that', limit, async () => {
  const { message } = await errorOf(deferToThread(brokenFunction('for-a-compiler.jsx')), CallableError);
  assert.match(message, /^never needs file:.*for-a-compiler\.jsx, .* tell Node of that .*--require.* Otherwise mend /);
  const plain = await errorOf(deferToThread(brokenFunction('throws-a-symbol.mjs')), CallableError);
  assert.doesNotMatch(plain.message, /--require/);
});

test('a module that only runs if another one of its circle is imported first is told of with that', limit, async () => {
  const { message } = await errorOf(deferToThread(brokenFunction('circle-second.mjs')), CallableError);
  assert.match(
    message,
    /'SECOND' before initialization\. .* in a circle run in another order .* imports first, take the/,
  );
});

test('what the function throws itself is its own error, also that of an import', limit, async () => {
  const failing = deferToThread(async () => {
    await import('../fixtures/callable/only-here.js');
  });
  assert.equal((await errorOf(failing, RangeError)).message, 'only in the main thread');
});
