import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import vm from 'node:vm';
import { threadId } from 'node:worker_threads';
import { deferToThread, UnclonableError } from 'heddle';
import * as barrel from '../fixtures/callable/barrel.ts';
import common from '../fixtures/callable/common.cjs';
import initials from '../fixtures/callable/common-function.cjs';
import getters from '../fixtures/callable/common-getters.cjs';
import * as made from '../fixtures/callable/made.ts';
import * as watched from '../fixtures/callable/watched.ts';
import negate, * as work from '../fixtures/callable/work.ts';
import { errorOf } from '../support/failure-of.ts';

type Call = readonly [f: (...args: never[]) => unknown, ...args: unknown[]];

// The same module once more, under a URL of its own.
const again = (await import(`${new URL('../fixtures/callable/work.js', import.meta.url).href}?again=1`)) as typeof work;

const kinds: Readonly<Record<string, Call>> = {
  'a named export': [work.add, 2, 3],
  'an exported arrow function': [work.double, 21],
  'an async function': [work.later, 'soon'],
  'a default export': [negate, 7],
  'a function exported under another name': [work.loudName, 'x'],
  'a function that has two names': [work.plus, 2, 3],
  'a function of a barrel': [barrel.add, 4, 5],
  'a default export that a barrel renames': [barrel.negated, 7],
  'a function of a namespace that a barrel exports': [barrel.work.double, 4],
  'a function two objects deep': [work.text.nested.reverse, 'abc'],
  'a method of an exported object': [work.text.quote, 'said'],
  'a static method': [work.Temperature.fromCelsius, 100],
  'a function of a module loaded under a query': [again.double, 8],
  'a member of module.exports': [common.shout, 'hey'],
  'a member of an object in module.exports': [common.util.twice, 'ab'],
  'a static method of a CommonJS class': [common.Box.wrap, 'x'],
  'a CommonJS method that uses its exports as this': [common.greet, 'you'],
  'a function that is module.exports itself': [initials, 'Ada Byron King'],
  'a CommonJS export behind a compiled getter': [getters.trimmed, '  x '],
  'a function that a factory of another module made': [made.triple, 5],
  'an exported bound function': [made.addTen, 5],
  'an exported function made by new Function': [made.sumOf, 5, 6],
};

const receivers = new Map<unknown, unknown>([
  [work.text.quote, work.text],
  [work.Temperature.fromCelsius, work.Temperature],
  [common.greet, common],
]);

for (const [kind, [f, ...args]] of Object.entries(kinds)) {
  test(`${kind} gives the same answer in a thread as inline`, async () => {
    const inline: unknown = await Reflect.apply(f, receivers.get(f), args);
    assert.notEqual(inline, undefined);
    assert.deepEqual(await deferToThread(f as (...args: unknown[]) => unknown, ...args), inline);
  });
}

test('the function runs in another thread', async () => {
  const thread = await deferToThread(work.whichThread);
  assert.notEqual(thread, threadId);
});

test('a generator function is found; what it gives cannot leave its thread', async () => {
  const error = await errorOf(deferToThread(work.countTo, 2), UnclonableError);
  assert.match(error.message, /^result: /);
  assert.deepEqual(await deferToThread(() => [...work.countTo(3)]), [1, 2, 3]);
});

test('calls of one new function made in the same turn all find it', async () => {
  const fresh = (await import(
    `${new URL('../fixtures/callable/work.js', import.meta.url).href}?fresh=1`
  )) as typeof work;
  const sums = await Promise.all([1, 2, 3].map((n) => deferToThread(fresh.add, n, n)));
  assert.deepEqual(sums, [2, 4, 6]);
});

test('looking for a function calls no getter and springs no trap of a Proxy', async () => {
  assert.equal(await deferToThread(watched.zone.deeper.last, 1), 2);
  assert.equal(watched.trapsSprung(), 0);
  assert.equal(await deferToThread(getters.trimmed, ' y '), 'y');
  assert.equal(getters.timesAsked(), 0);
});

test('a getter that only names a variable gives an export to a thread, and no other getter is called', async () => {
  const given = createRequire(import.meta.url)('../fixtures/callable/common-given.cjs') as {
    scale: { times(n: number): number };
    timesAsked(): number;
  };
  assert.equal(await deferToThread(given.scale.times, 2), 6);
  assert.equal(given.timesAsked(), 0);
});

test('a function of a script whose name is a URL of no file here goes by its text', async () => {
  for (const filename of ['file://a-share/folder/script.js', 'file:script.js', 'file:///a%2Fb.js']) {
    const code = '(function twice(n) { return n * 2; })';
    const twice = vm.runInThisContext(code, { filename }) as (n: number) => number;
    assert.equal(await deferToThread(twice, 2), 4, filename);
  }
});
