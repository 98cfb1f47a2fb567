import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockOf } from './watched.ts';

/** What is sorted has been copied before: on a slow machine the watch would meet the copying. */
const UNSORTED =
  'const copies = [numbers.slice(), numbers.slice()]; const unsorted = () => copies.pop() ?? numbers.slice();';

test('a tight loop is code that ran on, with its function, place and duration', async () => {
  const block = await blockOf('function busy() { until(300); }');
  assert.equal(block.kind, 'code');
  // Less than it took where the machine has stood still, and more where the loop was late already.
  assert.ok(block.duration >= block.took / 2, `${block.duration} of ${block.took}`);
  assert.ok(block.duration < 30_000, String(block.duration));
  assert.ok(block.stack.some(({ functionName }) => functionName === 'busy'));
  assert.equal(block.culprit?.frame.origin, 'own');
  assert.match(block.culprit.text, /^until in \[eval1\]:\d+$/);
  assert.equal(block.count, 1);
});

test('one match of a regular expression is told from other native calls', async () => {
  const block = await blockOf("() => /^(a+)+$/.test('a'.repeat(25) + 'b')");
  assert.equal(block.kind, 'regular expression');
  assert.match(block.culprit!.text, /^RegExp\.test, called in /);
});

test('a synchronous call of Node is named with its module, though it answers only when it returns', async () => {
  const block = await blockOf(
    "function derive() { pbkdf2Sync('a', 'b', 600000, 64, 'sha512'); }",
    "import { pbkdf2Sync } from 'node:crypto';",
  );
  assert.equal(block.kind, 'native call');
  assert.match(block.culprit!.text, /^pbkdf2Sync of node:crypto, called in /);
  assert.equal(block.culprit!.frame.functionName, 'derive');
});

test('a child process that is waited for is named', async () => {
  const block = await blockOf(
    'function wait() { execFileSync(process.execPath, ["--eval", "setTimeout(() => {}, 150)"]); }',
    "import { execFileSync } from 'node:child_process';",
  );
  assert.equal(block.kind, 'native call');
  assert.match(block.culprit!.text, /^execFileSync of node:child_process, called in /);
});

test('where a native call has left no frame, the function goes for the culprit that made it, and not what it calls next', async () => {
  const block = await blockOf(
    'function arrange() { unsorted().sort(); next(); }',
    `${UNSORTED} function next() { until(1); }`,
  );
  assert.equal(block.kind, 'native call');
  assert.equal(block.culprit?.frame.functionName, 'arrange');
  assert.equal(block.culprit.call, undefined);
});

test('where the function is gone as well, nobody is blamed for what it did', async () => {
  const block = await blockOf(
    '() => { setImmediate(Int32Array.prototype.sort.bind(unsorted())); setImmediate(next); }',
    `${UNSORTED} function next() { until(1); }`,
  );
  assert.equal(block.kind, 'native call');
  assert.equal(block.culprit, undefined);
});

test("where Heddle's own dispatch made the call, the callback is named all the same", async () => {
  const block = await blockOf(
    '() => { const d = new Deferred(); d.addCallback(function arrange(list) { list.sort(); }); d.callback(unsorted()); }',
    `import { Deferred } from 'heddle/defer'; ${UNSORTED}`,
  );
  assert.equal(block.kind, 'native call');
  assert.equal(block.culprit?.frame.functionName, 'arrange');
});

test('a delayed call of the reactor is named where it has left no frame', async () => {
  const block = await blockOf(
    '() => { reactor.callLater(0, function arrange() { unsorted().sort(); }); }',
    `import { reactor } from 'heddle/reactor'; ${UNSORTED}`,
  );
  // Named with how it was called, where it has left no frame.
  assert.match(block.culprit!.frame.functionName, /^arrange\b/);
});

test('a chain of promises that starves the loop is told from one long function', async () => {
  const block = await blockOf(
    'async function chain() { const end = performance.now() + 400; while (performance.now() < end) await null; }',
  );
  assert.equal(block.kind, 'microtasks');
});

test('callbacks of process.nextTick that each bring the next are told from one long function', async () => {
  const block = await blockOf(
    '() => { const end = performance.now() + 400; (function again() { if (performance.now() < end) process.nextTick(again); })(); }',
  );
  assert.equal(block.kind, 'microtasks');
});

test('very many timers at once are told from one long function', async () => {
  const block = await blockOf('() => { for (let i = 0; i < 300; i++) setTimeout(until, 1, 1); }');
  assert.equal(block.kind, 'timers');
  assert.equal(block.culprit?.frame.functionName, 'until');
});

test('very many immediates at once are told from one long function', async () => {
  const block = await blockOf('() => { for (let i = 0; i < 300; i++) setImmediate(until, 1); }');
  assert.equal(block.kind, 'immediates');
});

test('garbage collection is told from the code that it hits', async () => {
  const block = await blockOf(
    '() => { for (let i = 0; i < 15; i++) gc(); }',
    'globalThis.kept = Array.from({ length: 2000000 }, (_, i) => ({ i }));',
    ['--expose-gc'],
  );
  assert.equal(block.kind, 'garbage collection');
});

test('a native call that began between two looks, and took longer than the function before it, is named', async () => {
  const block = await blockOf(`() => {
    const start = performance.now();
    until(80);
    // On a busy machine, too.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.6 * (performance.now() - start));
  }`);
  assert.equal(block.kind, 'native call');
  assert.notEqual(block.culprit?.frame.functionName, 'until');
});

test('a native call that took most of the time is not put down to the short function before it', async () => {
  const block = await blockOf(
    '() => { const list = unsorted(); until(80); Int32Array.prototype.sort.call(list); }',
    UNSORTED,
  );
  assert.equal(block.kind, 'native call');
  assert.notEqual(block.culprit?.frame.functionName, 'until');
});
