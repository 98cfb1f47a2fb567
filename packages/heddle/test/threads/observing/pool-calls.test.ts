import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { CancelledError } from 'heddle/defer';
import { neverSettle, passGate } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

test('a call that a thread has begun runs, for as long as it has', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const call = pool.defer(passGate, gate.shared);
  await gate.entered();
  const [first] = pool.calls();
  assert.ok(first?.runTime !== undefined && first.runTime <= first.age);
  assert.equal(first.state, 'running');
  const since = performance.now();
  while (performance.now() - since < 5);
  const [later] = pool.calls();
  assert.ok((later?.runTime ?? 0) >= first.runTime + 4);
  gate.open();
  await call;
});

test('a call that was given up and goes on is still told of, and cannot be cancelled again', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const { defer } = pool.with({ onCancel: 'abandon' });
  const call = defer(passGate, gate.shared);
  await gate.entered();
  assert.equal(pool.calls()[0]?.cancel(), true);
  await errorOf(call, CancelledError);
  const [left] = pool.calls();
  assert.deepEqual([left?.functionName, left?.state, left?.thread], ['passGate', 'given up', 'heddle-1']);
  assert.equal(left?.cancel(), false);
  gate.open();
});

test('calls that share a thread are all told of as running', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 2 });
  await pool.defer(Math.max, 1);
  const [first, second] = [new Gate(), new Gate()];
  const calls = [pool.defer(neverSettle, first.shared), pool.defer(neverSettle, second.shared)];
  await Promise.all([first.entered(), second.entered()]);
  assert.deepEqual(
    pool.calls().map(({ functionName, thread, state }) => [functionName, thread, state]),
    [
      ['neverSettle', 'heddle-1', 'running'],
      ['neverSettle', 'heddle-1', 'running'],
    ],
  );
  for (const call of pool.calls()) call.cancel();
  await Promise.all(calls.map((call) => errorOf(call, CancelledError)));
});

test('a pool that nobody holds is not held by the list of pools', limit, () => {
  const program = `
    import { ThreadPool, threadPools } from 'heddle/threads';
    for (let n = 0; n < 1000; n++) new ThreadPool();
    while (threadPools().length > 0) {
      await new Promise(setImmediate);
      gc();
    }
    console.log('gone');
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(stdout, 'gone\n', stderr);
});

test('a function whose name is no text goes by none', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (const value of [10n, Symbol('name'), { toString: () => assert.fail('it was asked') }]) {
    const f = Object.defineProperty(() => 1, 'name', { value });
    const call = pool.defer(f as () => number);
    assert.equal(pool.calls()[0]?.functionName, 'an anonymous function');
    assert.equal(await call, 1);
  }
});
