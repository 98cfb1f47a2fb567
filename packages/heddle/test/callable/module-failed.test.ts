import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindToThread, CallableError, deferToThread, iterateInThread, ProcessPool, ThreadPool } from 'heddle';
import { inThread, ThreadInitError } from 'heddle/threads';
import { letters, shout } from '../fixtures/callable/only-here.ts';
import { identity } from '../fixtures/threads/jobs.ts';
import { brokenFunction } from '../support/broken-module.ts';
import { runProgramFile } from '../support/program.ts';
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

const byHooks = /tell Node of that .*--import \.\/hooks\.js, or --require.* Otherwise mend /;

test('a module that something else than Node compiles is told of with how threads get that', limit, async () => {
  const { message } = await errorOf(deferToThread(brokenFunction('for-a-compiler.jsx')), CallableError);
  assert.match(message, /^never needs file:.*for-a-compiler\.jsx, /);
  assert.match(message, byHooks);
  const plain = await errorOf(deferToThread(brokenFunction('throws-a-symbol.mjs')), CallableError);
  assert.doesNotMatch(plain.message, byHooks);
});

test('a module that is not there, or throws, is not said to need hooks', limit, async () => {
  for (const file of ['nowhere.mjs', 'nowhere.cjs', 'throws-at-import.mjs']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { message } = await errorOf(deferToThread(brokenFunction(file)), CallableError);
    assert.match(message, new RegExp(`^never needs file:.*${file}, which cannot be imported`));
    assert.doesNotMatch(message, byHooks);
  }
});

test('a module that hooks of the program have found is told of with how threads get these', limit, async (t) => {
  const { stdout, stderr } = await runProgramFile(
    t,
    `import Module, { createRequire, register } from 'node:module';
    import { writeFileSync } from 'node:fs';
    import { deferToThread } from 'heddle';

    const require = createRequire(import.meta.url);
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...rest) {
      return resolve.call(this, request.replace('@/', import.meta.dirname + '/'), ...rest);
    };
    const file = (name, text) => writeFileSync(new URL(name, import.meta.url), text);
    file('./part.cjs', 'exports.part = 1;');
    file('./aliased.cjs', "const { part } = require('@/part.cjs'); exports.aliased = () => part;");
    const { aliased } = require('@/aliased.cjs');
    await deferToThread(aliased).catch((error) => console.log(error.message));

    const hooks = \`
      export const resolve = (url, context, next) =>
        url === 'virtual:part' ? { url, format: 'module', shortCircuit: true } : next(url, context);
      export const load = (url, context, next) =>
        url === 'virtual:part' ? { source: 'export const part = 1', format: 'module', shortCircuit: true } : next(url, context);\`;
    register('data:text/javascript,' + encodeURIComponent(hooks));
    file('./virtual.mjs', "import { part } from 'virtual:part'; export const virtual = () => part;");
    const { virtual } = await import('./virtual.mjs');
    await deferToThread(virtual).catch((error) => console.log(error.message));`,
  );
  const messages = stdout.split(/\n(?=virtual needs )/);
  assert.equal(messages.length, 2, stdout + stderr);
  for (const message of messages) assert.match(message, byHooks);
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
