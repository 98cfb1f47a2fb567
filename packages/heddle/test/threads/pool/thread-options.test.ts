import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SHARE_ENV } from 'node:worker_threads';
import { InvalidArgumentError } from 'heddle/defer';
import { CallableError, ProcessPool, ThreadExitError, ThreadInitError, ThreadPool } from 'heddle/threads';
import * as init from '../../fixtures/threads/init.ts';
import { add, passGate } from '../../fixtures/threads/jobs.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };
const notLinux = process.platform !== 'linux' && 'only on Linux does a thread have a niceness of its own';

test('initThread runs once in each new thread, before its first call', limit, async (t) => {
  for (const initThread of [init.open, init.openSlowly]) {
    const pool = poolFor(t, { max: 2, initThread });
    const gates = [new Gate(), new Gate()];
    const inside = gates.map((gate) => pool.defer(passGate, gate.shared));
    await Promise.all(gates.map((gate) => gate.entered()));
    for (const gate of gates) gate.open();
    await Promise.all(inside);
    for (let call = 0; call < 6; call++) assert.equal(await pool.defer(init.howOftenOpened), 1);
  }
});

test('initThread may be a function that is not exported, with what it captures', limit, async (t) => {
  const key = 'heddleInitTest';
  const pool = poolFor(t, {
    max: 1,
    initThread: () => {
      Reflect.set(globalThis, key, 'warm');
    },
  });
  assert.equal(await pool.defer(() => Reflect.get(globalThis, key) as unknown), 'warm');
});

test(
  'calls fail with what initThread failed with, and the pool does not make threads without end',
  limit,
  async (t) => {
    const pool = poolFor(t, { min: 1, max: 1, initThread: init.failToOpen });
    for (const call of [pool.defer(add, 1, 2), pool.defer(add, 3, 4)]) {
      const error = await errorOf(call, ThreadInitError);
      assert.equal(error.code, 'HEDDLE_THREAD_INIT');
      assert.match(error.message, /add.*failToOpen.*no such database/);
      assert.ok(error.cause instanceof RangeError);
    }
    assert.equal(pool.statistics().backlog, 0);
  },
);

test('an initThread that has no name but that of the option is named once where it fails', limit, async (t) => {
  const pool = poolFor(t, {
    max: 1,
    initThread: () => {
      throw new RangeError('no such database');
    },
  });
  const { message } = await errorOf(pool.defer(add, 1, 2), ThreadInitError);
  assert.equal(message, "The thread for add could not be made ready: the pool's initThread failed (no such database).");
});

test('a thread that ends in initThread fails the call that it was made for', limit, async (t) => {
  const pool = poolFor(t, { max: 1, initThread: init.exitInstead });
  const error = await errorOf(pool.defer(add, 1, 2), ThreadExitError);
  assert.equal(error.exitCode, 3);
});

test(
  'a call whose thread or process ended before it came to it is told so, and what runs there first',
  limit,
  async (t) => {
    const exits = ['--import', 'data:text/javascript,process.exit(3)'];
    const processes = new ProcessPool({ max: 1, execArgv: exits });
    t.after(() => processes.stop());
    const pools = [
      poolFor(t, { max: 1, execArgv: exits }),
      poolFor(t, { max: 1, initThread: init.exitInstead }),
      processes,
    ];
    for (const pool of pools) {
      const { message } = await errorOf(pool.defer(add, 1, 2), ThreadExitError);
      assert.match(message, /^The (?:thread|process) for add ended with exit code 3 before it began the call\./);
      assert.match(message, /--require and --import, and the initThread/);
    }
  },
);

test('an initThread that no thread can get fails the calls with its refusal', limit, async (t) => {
  let opened = 0;
  const assigns = (): void => {
    opened += 1;
  };
  for (const [initThread, code] of [
    [Math.max.bind(undefined), 'HEDDLE_BOUND'],
    [assigns, 'HEDDLE_ASSIGNS_CAPTURED'],
  ] as const) {
    const pool = poolFor(t, { max: 1, initThread });
    const { cause } = await errorOf(pool.defer(add, 1, 2), ThreadInitError);
    assert.ok(cause instanceof CallableError);
    assert.equal(cause.code, code);
  }
  assert.equal(opened, 0);
});

test('a pool whose threads are still being made ready can be stopped, and finishes its calls', limit, async () => {
  const pool = new ThreadPool({ max: 1, initThread: init.openSlowly });
  const call = pool.defer(add, 1, 2);
  await pool.stop();
  assert.equal(await call, 3);
});

test('threads have a copy of the environment, the given one, or the shared one', limit, async (t) => {
  assert.equal(await poolFor(t, { env: { HEDDLE_TEST: 'given' } }).defer(init.readEnv, 'HEDDLE_TEST'), 'given');
  t.after(() => delete process.env['HEDDLE_TEST']);
  const copied = poolFor(t);
  const shared = poolFor(t, { env: SHARE_ENV });
  await Promise.all([copied.defer(add, 1, 1), shared.defer(add, 1, 1)]);
  process.env['HEDDLE_TEST'] = 'later';
  assert.equal(await copied.defer(init.readEnv, 'HEDDLE_TEST'), undefined);
  assert.equal(await shared.defer(init.readEnv, 'HEDDLE_TEST'), 'later');
});

test('threads get the command-line options they are given', limit, async (t) => {
  const pool = poolFor(t, { execArgv: ['--no-warnings'] });
  assert.deepEqual(await pool.defer(init.execArgv), ['--no-warnings']);
});

test('threads give way to the event loop, by 10 or as the pool says', { ...limit, skip: notLinux }, async (t) => {
  assert.equal(await poolFor(t).defer(init.ownNiceness), 10);
  assert.equal(await poolFor(t, { nice: 3 }).defer(init.ownNiceness), 3);
  assert.equal(await poolFor(t, { nice: 0 }).defer(init.ownNiceness), 0);
});

test('nothing else in the process gives way with them', { ...limit, skip: notLinux }, async (t) => {
  const pool = poolFor(t, { max: 2 });
  // The thread makes Node use its own threads, and so does this one afterwards.
  await pool.defer(
    async (file: string) => {
      await process.getBuiltinModule('node:fs').promises.readFile(file);
    },
    import.meta.filename,
  );
  await readFile(import.meta.filename);
  const giveWay = niceness().filter((nice) => nice !== 0);
  assert.deepEqual(
    giveWay,
    Array.from({ length: pool.statistics().threads }, () => 10),
  );
});

test('options of threads that cannot be are refused', () => {
  for (const options of [
    { nice: 20 },
    { nice: -1 },
    { nice: 1.5 },
    { env: 'A=1' },
    { execArgv: '--x' },
    { initThread: 1 },
  ]) {
    assert.throws(() => new ThreadPool(options as object), InvalidArgumentError, JSON.stringify(options));
  }
});

/** Of every thread of this process. */
function niceness(): number[] {
  return readdirSync('/proc/self/task').map((task) => {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
    // The name, which may hold anything, is in brackets; the niceness comes 16 fields after it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}
