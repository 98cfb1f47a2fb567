import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProcessPool, type ProcessPoolOptions, ThreadExitError } from 'heddle/threads';
import * as faults from '../../fixtures/threads/process-faults.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { FileGate } from '../../support/gate.ts';
import { type FaultRow, type FaultyPool, faultRows, type WorkerKind } from './fault-rows.ts';

const limit = { timeout: 30_000 };

const processes: WorkerKind = {
  exitError: ThreadExitError,
  isOutOfMemory: (error) => (error as ThreadExitError).signal === 'SIGABRT',
  outOfMemory: /by SIGABRT \(abort\(\), or no memory was left: see its standard error\)/,
  smallHeap: { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 } },
};

function poolFor(t: TestContext, options: ProcessPoolOptions = {}): ProcessPool {
  const pool = new ProcessPool({ max: 1, ...options });
  t.after(() => pool.stop({ deadline: 0 }));
  return pool;
}

async function assertGoesOn(pool: FaultyPool): Promise<void> {
  assert.equal(await pool.defer(add, 1, 2), 3);
  const { backlog, busy } = pool.statistics();
  assert.deepEqual({ backlog, busy }, { backlog: 0, busy: 0 });
}

/** What only processes can die of. */
const processRows: FaultRow[] = [
  ...(['SIGSEGV', 'SIGKILL', 'SIGTERM', 'SIGBUS'] as const).map((signal) => ({
    name: `${signal} fails the call that ran, which names it`,
    run: async (pool: FaultyPool) => {
      const error = await errorOf(pool.defer(faults.dieOf, signal), ThreadExitError);
      assert.equal(error.signal, signal);
      assert.ok(error.exitCode > 128);
      assert.match(error.message, new RegExp(`The process that ran dieOf ended by ${signal} before`));
      await assertGoesOn(pool);
    },
  })),
  {
    name: 'abort() fails the call that ran',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.abort), ThreadExitError);
      assert.deepEqual([error.signal, error.exitCode], ['SIGABRT', 134]);
      await assertGoesOn(pool);
    },
  },
  {
    name: 'a signal while the promise of the job is pending fails the call, and those behind it run',
    run: async (pool) => {
      const dying = errorOf(pool.defer(faults.dieLater, 'SIGSEGV'), ThreadExitError);
      const behind = [1, 2, 3].map((n) => pool.defer(add, n, n));
      assert.equal((await dying).signal, 'SIGSEGV');
      assert.deepEqual(await Promise.all(behind), [2, 4, 6]);
      await assertGoesOn(pool);
    },
  },
  {
    name: 'a job finds no channel of the pool that it could close',
    run: async (pool) => {
      assert.deepEqual(await pool.defer(faults.channel), ['undefined', 'undefined']);
      await assertGoesOn(pool);
    },
  },
  ...[3, 4, 6].map((number) => ({
    name: `a job that closes pipe ${number} to the pool costs at most its own call`,
    run: async (pool: FaultyPool) => {
      await pool.defer(faults.close, number).catch((error) => assert.ok(error instanceof ThreadExitError, error));
      await pool.defer(add, 1, 1).catch((error) => assert.ok(error instanceof ThreadExitError, error));
      await assertGoesOn(pool);
    },
  })),
  {
    name: 'what is no message, in the pipe to the pool, ends its process, and is named',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.writeGarbage), ThreadExitError);
      assert.match(error.message, /ended because it wrote what is no message into the pipe to its pool/);
      await assertGoesOn(pool);
    },
  },
  {
    name: 'so does a header with a length that no message has',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.writeGiantHeader), ThreadExitError);
      assert.match(error.message, /ended because it wrote what is no message into the pipe to its pool/);
      await assertGoesOn(pool);
    },
  },
  {
    name: 'a job that replaces what Node has does not keep its answer from arriving, nor those after it',
    run: async (pool) => {
      // Node itself could load no other module any more.
      for (let call = 0; call < 2; call++) assert.equal(await pool.defer(faults.replaceWhatNodeHas), 'replaced');
    },
  },
  {
    name: 'a code of its own listener for uncaught errors is the exit code of the call',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.listenAndThrow, 12), ThreadExitError);
      assert.deepEqual([error.exitCode, error.cause], [12, undefined]);
      await assertGoesOn(pool);
    },
  },
  {
    name: 'a large result arrives whole though its process exits right after',
    run: async (pool) => {
      const bytes = await pool.defer(faults.giveThenExit, 5_000_000);
      assert.equal(bytes.length, 5_000_000);
      await assertGoesOn(pool);
    },
  },
];

for (const { name, options, run } of [...faultRows, ...processRows]) {
  test(name, limit, (t) => run(poolFor(t, options?.(processes) as ProcessPoolOptions | undefined), processes));
}

test('a process that is killed while it is idle costs no call, and has a successor', limit, async (t) => {
  const pool = poolFor(t);
  const pid = await pool.defer(faults.whichProcess);
  process.kill(pid, 'SIGKILL');
  while (pool.statistics().threads > 0) await new Promise(setImmediate);
  assert.notEqual(await pool.defer(faults.whichProcess), pid);
});

test('a call that is given to a process that has just died goes to its successor', limit, async (t) => {
  const pool = poolFor(t);
  const pid = await pool.defer(faults.whichProcess);
  process.kill(pid, 'SIGKILL');
  // No turn of the event loop has told of it.
  assert.notEqual(await pool.defer(faults.whichProcess), pid);
});

test('an error that a call has left behind and that ends its idle process is reported', limit, async (t) => {
  const pool = poolFor(t);
  const warned = once(process, 'warning');
  const hold = setInterval(() => {}, 1000);
  t.after(() => clearInterval(hold));
  assert.equal(await pool.defer(faults.answerThenThrow, 'an afterthought'), 'answered');
  const [warning] = (await warned) as [Error & { code?: string }];
  assert.equal(warning.code, 'HEDDLE_THREAD_EXIT');
  assert.match(warning.message, /an afterthought/);
});

test('a program that does not exist fails each call, and is not started for ever', limit, async (t) => {
  const pool = poolFor(t, { execArgv: ['--no-such-option-of-node'] });
  for (const call of [pool.defer(add, 1, 1), pool.defer(add, 2, 2)]) {
    assert.equal((await errorOf(call, ThreadExitError)).exitCode, 9);
  }
});

test('a process that cannot be started fails the call with the reason', limit, async (t) => {
  const { execPath } = process;
  const pool = poolFor(t);
  process.execPath = '/no/such/node';
  t.after(() => {
    process.execPath = execPath;
  });
  const error = await errorOf(pool.defer(add, 1, 1), ThreadExitError);
  assert.match(error.message, /ended because it could not be started \(spawn .*ENOENT\)/);
  process.execPath = execPath;
  // It was tried twice, and there is a pause before the next try.
  let sum: number | undefined;
  while (sum === undefined) {
    await nextTurn();
    sum = await pool.defer(add, 1, 2).catch(() => undefined);
  }
  assert.equal(sum, 3);
});

test('native code that nothing interrupts is killed when its grace is over', limit, async (t) => {
  const pool = poolFor(t);
  const gate = new FileGate(t);
  const call = pool.with({ grace: 0 }).defer(faults.matchForYears, gate.shared);
  await gate.entered();
  call.cancel();
  await call.catch(() => {});
  await assertGoesOn(pool);
});
