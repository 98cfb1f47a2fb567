import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PoolStoppedError, ProcessPool, ThreadExitError } from 'heddle/threads';
import { whereAmI } from '../../fixtures/threads/in-process.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { runNode, runProgram } from '../../support/program.ts';

export const makeList = (): string[] => [];
export const lengthOf = (list: string[]): number => list.length;

const limit = { timeout: 60_000 };

/** A pool of processes of which none has been started in this turn, and what counts how many are. */
async function freshPool(t: TestContext, max: number): Promise<{ pool: ProcessPool; started(): number }> {
  const pool = new ProcessPool({ min: max, max });
  t.after(() => pool.stop({ deadline: 0 }));
  const { mock: spy } = mock.method(childProcess, 'spawn');
  t.after(() => spy.restore());
  await nextTurn();
  await nextTurn();
  return { pool, started: () => spy.callCount() };
}

async function eachTurn(turns: number, look: () => number): Promise<number[]> {
  const seen = [look()];
  while (seen.length < turns) {
    await nextTurn();
    seen.push(look());
  }
  return seen;
}

test('processes that are made together are started one in each turn of the event loop at most', limit, async (t) => {
  const { pool, started } = await freshPool(t, 4);
  pool.start();
  let before = 0;
  while (before < 4) {
    assert.ok(started() - before <= 1);
    before = started();
    await nextTurn();
  }
});

test('calls to processes that have not been started yet wait for them', limit, async (t) => {
  const { pool, started } = await freshPool(t, 4);
  const calls = [1, 2, 3, 4].map((n) => pool.defer(add, n, n));
  assert.equal(started(), 1);
  assert.deepEqual(await Promise.all(calls), [2, 4, 6, 8]);
  const pids = await Promise.all([1, 2, 3, 4].map(() => pool.defer(whereAmI)));
  assert.ok(pids.every(({ pid }) => pid !== process.pid));
});

test('a pool that is stopped before its processes were started starts no more, and has stopped', limit, async (t) => {
  const { pool, started } = await freshPool(t, 4);
  const calls = [1, 2, 3, 4].map((n) => errorOf(pool.defer(add, n, n), PoolStoppedError));
  await pool.stop({ deadline: 0 });
  await Promise.all(calls);
  assert.equal((await eachTurn(10, started)).at(-1), 1);
});

test('a call whose process has not been started yet can be cancelled, and the others run', limit, async (t) => {
  const { pool } = await freshPool(t, 3);
  const calls = [1, 2, 3].map((n) => pool.defer(add, n, n));
  const cancelled = assert.rejects(calls[2] as PromiseLike<number> as Promise<number>);
  calls[2]?.cancel();
  await cancelled;
  assert.deepEqual(await Promise.all(calls.slice(0, 2)), [2, 4]);
});

test('where a process cannot be started in its turn, its call has another', limit, async (t) => {
  const { pool } = await freshPool(t, 3);
  const { spawn } = childProcess;
  let turn = 0;
  const { mock: failing } = mock.method(childProcess, 'spawn', (...args: Parameters<typeof spawn>) => {
    turn += 1;
    if (turn === 2) throw new Error('no room');
    return spawn(...args);
  });
  t.after(() => failing.restore());
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => pool.defer(add, n, n))), [2, 4, 6]);
  assert.ok(turn >= 3, `${turn}`);
  assert.equal(await pool.defer(add, 3, 4), 7);
});

/** Hits the next process that is started with a signal that the program listens for, before it has begun to run. */
function hitNext(t: TestContext, signal: 'SIGINT' | 'SIGTERM'): void {
  const ignore = (): void => {};
  process.on(signal, ignore);
  t.after(() => process.off(signal, ignore));
  const { spawn } = childProcess;
  const { mock: hit } = mock.method(childProcess, 'spawn', (...args: Parameters<typeof spawn>) => {
    hit.restore();
    const child = spawn(...args);
    child.kill(signal);
    return child;
  });
}

const onPosix = { ...limit, skip: process.platform === 'win32' };

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(
    `a signal that the program listens for costs no call, also where its process is only starting (${signal})`,
    onPosix,
    async (t) => {
      const pool = new ProcessPool({ max: 1 });
      t.after(() => pool.stop({ deadline: 0 }));
      hitNext(t, signal);
      assert.equal(await pool.defer(add, 3, 4), 7);
    },
  );
}

test('processes have what the program has in its environment, and read no --env-file again', limit, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-environment-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'environment');
  writeFileSync(file, 'KEPT=by the file\nSECRET=by the file\n');
  const source = `
    import { rmSync } from 'node:fs';
    import { ProcessPool } from ${JSON.stringify(import.meta.resolve('heddle'))};
    const environment = () => [process.env.KEPT, process.env.SECRET];
    const own = [{}, { env: { KEPT: 'by the pool' } }];
    delete process.env.SECRET;
    for (const isThere of [true, false]) {
      if (!isThere) rmSync(${JSON.stringify(file)});
      for (const options of own) {
        const pool = new ProcessPool({ max: 1, ...options });
        console.log(JSON.stringify(await pool.defer(environment)));
        await pool.stop();
      }
    }`;
  const { stdout, stderr, code } = await runProgram(source, [`--env-file=${file}`]);
  const both = ['["by the file",null]', '["by the pool",null]'];
  assert.deepEqual([stdout.trim().split('\n'), code], [[...both, ...both], 0], stderr);
});

test('processes listen for no debugger where NODE_OPTIONS has the program listen for one', limit, async () => {
  const source = `
    import { ProcessPool } from ${JSON.stringify(import.meta.resolve('heddle'))};
    const listening = async () => (await import('node:inspector')).url() !== undefined;
    const pool = new ProcessPool({ max: 1 });
    console.log(await listening(), await pool.defer(listening));
    await pool.stop();`;
  const program = ['--input-type=module', '--eval', source];
  const { stdout, stderr } = await runNode(program, '', { NODE_OPTIONS: '--inspect=127.0.0.1:0' });
  assert.equal(stdout, 'true false\n', stderr);
  assert.equal(stderr.match(/inspector|Debugger/g)?.length, 1, stderr);
});

test('an object whose process ends as it starts was never made, and its calls learn why', onPosix, async (t) => {
  const pool = new ProcessPool({ max: 1 });
  t.after(() => pool.stop({ deadline: 0 }));
  hitNext(t, 'SIGINT');
  const list = pool.bind(makeList);
  for (const waits of [true, false]) {
    const error = await errorOf(list.defer(lengthOf), ThreadExitError);
    assert.equal(error.signal, 'SIGINT');
    assert.match(
      error.message,
      /^There is no process for .*: the last one ended by SIGINT before it did anything/,
      `${waits}`,
    );
  }
});
