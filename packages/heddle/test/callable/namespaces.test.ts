import assert from 'node:assert/strict';
import { test } from 'node:test';
import workerThreads from 'node:worker_threads';
import { deferToThread } from 'heddle';

/**
 * Modules as they stand in code that a test runner or compiler has rewritten: in variables, as namespaces or as what
 * is put around `module.exports`. Node's `isMainThread` tells a module that the thread has from a copy.
 */

// As esbuild, Babel and TypeScript wrap what a CommonJS module gives.
const wrapped = Object.defineProperties({} as typeof workerThreads & { default: typeof workerThreads }, {
  default: { value: workerThreads, enumerable: true },
  isMainThread: { get: () => workerThreads.isMainThread, enumerable: true },
});
// As webpack gives the modules of others: by getters alone.
const given = Object.defineProperties({} as typeof workerThreads & { limit: number }, {
  isMainThread: { get: () => workerThreads.isMainThread, enumerable: true },
  resourceLimits: { get: () => workerThreads.resourceLimits, enumerable: true },
  limit: { get: () => counter.state.count + 1, enumerable: true },
});
const imported = await import('node:worker_threads');
// As Vitest wraps it.
const proxied = new Proxy(imported, {});
const counter = await import('../fixtures/callable/counter.ts');
const proxiedCounter = new Proxy(counter, {});
const holder = { default: workerThreads, isMainThread: 'not what the module says' };
const box = { wrapped, given };

test('what was imported dynamically is the module of the thread', async () => {
  assert.equal(await deferToThread(() => imported.isMainThread), false);
  assert.equal(await deferToThread(() => imported.default.isMainThread), false);
});

test("an object around a CommonJS module gives what the thread's module gives", async () => {
  assert.equal(await deferToThread(() => wrapped.isMainThread), false);
  assert.equal(await deferToThread(() => wrapped.default.isMainThread), false);
});

test('what a getter names of a module is what it names in the thread', async () => {
  assert.equal(await deferToThread(() => given.isMainThread), false);
  assert.equal(await deferToThread(() => given.isMainThread), false);
});

test('what a getter works out, or gives as an object, is copied', async () => {
  assert.deepEqual(await deferToThread(() => [given.limit, given.resourceLimits]), [given.limit, {}]);
});

test("a Proxy around a namespace gives what the thread's module gives", async () => {
  assert.equal(await deferToThread(() => proxied.isMainThread), false);
});

test('what is given of a module stays so where another function uses the object as a whole', async () => {
  const keysOf = (): string[] => Object.keys(given);
  assert.deepEqual(await deferToThread(() => [given.isMainThread, keysOf()]), [false, Object.keys(given)]);
});

test('what is given of a module is found within other objects', async () => {
  assert.deepEqual(
    await deferToThread(() => [box.wrapped.isMainThread, box.given.isMainThread, box.wrapped.default.isMainThread]),
    [false, false, false],
  );
});

test('a namespace as a whole is that of the thread', async () => {
  const isMain = (module: { isMainThread?: boolean }): boolean | undefined => module.isMainThread;
  assert.equal(await deferToThread(() => isMain(imported)), false);
  assert.equal(await deferToThread(() => isMain(proxied)), false);
});

test("a namespace of the program's own module is imported by the thread, which has its own state", async () => {
  counter.increment();
  assert.equal(counter.state.count, 1);
  assert.equal(await deferToThread(() => counter.state.count), 0);
  assert.equal(await deferToThread(() => proxiedCounter.state.count), 0);
});

test('an object that only looks like a module around another is copied', async () => {
  assert.equal(await deferToThread(() => holder.isMainThread), 'not what the module says');
});
