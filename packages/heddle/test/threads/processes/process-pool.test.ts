import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SHARE_ENV } from 'node:worker_threads';
import { CancelledError, InvalidArgumentError, TimeoutError } from 'heddle/defer';
import { ProcessPool, type ProcessPoolOptions, ThreadInitError } from 'heddle/threads';
import * as init from '../../fixtures/threads/init.ts';
import * as jobs from '../../fixtures/threads/in-process.ts';
import { add, append, neverSettle, passGate } from '../../fixtures/threads/jobs.ts';
import { keepBuffers, leaveServerForOne } from '../../fixtures/threads/leftovers.ts';
import { errorOf } from '../../support/failure-of.ts';
import { FileGate, NoteBook } from '../../support/gate.ts';
import { runProgram, runProgramFile } from '../../support/program.ts';
import { WatchedProgram } from '../../support/watched-program.ts';

const limit = { timeout: 60_000 };
const notLinux = process.platform !== 'linux' && 'only on Linux does a pool set the niceness';

function poolFor(t: TestContext, options: ProcessPoolOptions = {}): ProcessPool {
  const pool = new ProcessPool({ max: 1, ...options });
  t.after(() => pool.stop({ deadline: 0 }));
  return pool;
}

const imports = `
  import { ProcessPool } from 'heddle/threads';
  import { add, identity, neverSettle, spinForever } from '../fixtures/threads/jobs.js';
  import { whereAmI } from '../fixtures/threads/in-process.js';
`;

test('a job runs in a process of its own, which knows that it is no main thread of a program', limit, async (t) => {
  const { inThread, pid, title } = await poolFor(t, { name: 'fragile' }).defer(jobs.whereAmI);
  assert.deepEqual({ inThread, title }, { inThread: true, title: 'fragile-1' });
  assert.notEqual(pid, process.pid);
});

test('a process gives way to the event loop', { ...limit, skip: notLinux }, async (t) => {
  assert.equal((await poolFor(t).defer(jobs.whereAmI)).niceness, 10);
  assert.equal((await poolFor(t, { nice: 0 }).defer(jobs.whereAmI)).niceness, 0);
});

test('processes have the environment and the options of Node that they are given', limit, async (t) => {
  const pool = poolFor(t, { env: { WEFT: 'blue' }, execArgv: ['--stack-trace-limit=7'] });
  assert.equal(await pool.defer(init.readEnv, 'WEFT'), 'blue');
  assert.equal(await pool.defer(init.readEnv, 'PATH'), undefined);
  assert.deepEqual(await pool.defer(init.execArgv), ['--stack-trace-limit=7']);
});

test('without an environment and options they have the program’s, but not what is for the program alone', async () => {
  const { stdout, stderr } = await runProgram(
    `import { ProcessPool } from 'heddle/threads';
    import { execArgv, readEnv } from './fixtures/threads/init.js';
    process.env.WEFT = 'red';
    const pool = new ProcessPool();
    console.log(await pool.defer(readEnv, 'WEFT'), (await pool.defer(execArgv)).join(' '));`,
    ['--no-deprecation', '--inspect=127.0.0.1:0', '--stack-trace-limit=20'],
  );
  assert.equal(stdout, 'red --no-deprecation --stack-trace-limit=20\n', stderr);
});

test('resourceLimits are those of the heap', limit, async (t) => {
  const pool = poolFor(t, { resourceLimits: { maxOldGenerationSizeMb: 100, maxYoungGenerationSizeMb: 6 } });
  const { heapLimit } = await pool.defer(jobs.whereAmI);
  assert.ok(heapLimit >= 100 && heapLimit < 120, String(heapLimit));
});

test('resourceLimits without end are none', limit, async (t) => {
  const none = Number.POSITIVE_INFINITY;
  const pool = poolFor(t, { resourceLimits: { maxOldGenerationSizeMb: none, maxYoungGenerationSizeMb: none } });
  const { heapLimit } = await pool.defer(jobs.whereAmI);
  assert.ok(heapLimit >= 2 ** 20, String(heapLimit));
});

test('what a process cannot have is refused when the pool is made', () => {
  const refusals: [unknown, RegExp][] = [
    [{ env: SHARE_ENV }, /env of a process pool must be an object, not SHARE_ENV/],
    [
      { resourceLimits: { stackSizeMb: 4 } },
      /resourceLimits of a process pool must have no stackSizeMb\. .*--stack-size/,
    ],
    [{ resourceLimits: { codeRangeSizeMb: 4 } }, /must have no codeRangeSizeMb/],
    [{ resourceLimits: { maxOldGenerationSizeMb: 1 } }, /maxOldGenerationSizeMb of 4 or more/],
    [{ concurrency: 2 }, /concurrency of a process pool must be 1, not 2/],
    [{ max: 0 }, /The option max/],
    [{ colour: 'red' }, /has no option 'colour'/],
  ];
  for (const [options, message] of refusals) {
    assert.throws(
      () => new ProcessPool(options as ProcessPoolOptions),
      (error) => error instanceof InvalidArgumentError && message.test(error.message),
    );
  }
});

test('initThread runs once in each new process, and what it fails with fails the calls', limit, async (t) => {
  const pool = poolFor(t, { initThread: init.openSlowly });
  for (let call = 0; call < 3; call++) assert.equal(await pool.defer(init.howOftenOpened), 1);
  await errorOf(poolFor(t, { initThread: init.failToOpen }).defer(add, 1, 2), ThreadInitError);
});

for (const job of [jobs.spinUntilCancelled, jobs.waitForAbort]) {
  test(`a job that is given up learns of it, and its process stays (${job.name})`, limit, async (t) => {
    const pool = poolFor(t);
    const { pid } = await pool.defer(jobs.whereAmI);
    const { file } = new NoteBook(t);
    const text = (): string => readFileSync(file, 'utf8');
    const call = pool.with({ grace: Number.POSITIVE_INFINITY }).defer(job as (file: string) => unknown, file);
    while (text() === '') await nextTurn();
    call.cancel();
    await errorOf(call, CancelledError);
    assert.equal((await pool.defer(jobs.whereAmI)).pid, pid);
    assert.equal(text(), 'began saw it');
  });
}

test('a call that is cancelled while its process starts never runs', limit, async (t) => {
  const pool = poolFor(t);
  const gate = new FileGate(t);
  const call = pool.defer(passGate, gate.shared);
  call.cancel();
  await errorOf(call, CancelledError);
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.throws(() => readFileSync(path.join(gate.shared, 'entered')), /ENOENT/);
});

test('a call that is cancelled on its way to the process never runs', limit, async (t) => {
  const pool = poolFor(t);
  const { pid } = await pool.defer(jobs.whereAmI);
  const log = new NoteBook(t);
  // The function is found by a process of another pool: from here on a call is sent at once.
  await poolFor(t).defer(append, log.file, '1');
  for (let call = 0; call < 2; call++) {
    process.kill(pid, 'SIGSTOP');
    // At first the process does not have the function, and after that it still has not.
    const cancelled = pool.with({ grace: Number.POSITIVE_INFINITY }).defer(append, log.file, '2');
    cancelled.cancel();
    process.kill(pid, 'SIGCONT');
    await errorOf(cancelled, CancelledError);
    await pool.defer(append, log.file, '3');
  }
  assert.deepEqual(log.read(), [1, 3, 3]);
  assert.equal((await pool.defer(jobs.whereAmI)).pid, pid);
});

test('what hangs on an error and stays in its process arrives as a text', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(jobs.throwWithBlob), RangeError);
  const { message, blob, list, code } = error as RangeError & Record<string, unknown>;
  assert.deepEqual([message, code], ['too far', 'E_FAR']);
  assert.match(String(blob), /^\[not cloneable: Blob/);
  assert.match(String((list as unknown[])[0]), /^\[not cloneable: SharedArrayBuffer/);
});

test('run time and waiting are counted by the clock that both processes have', limit, async (t) => {
  const pool = poolFor(t);
  await pool.defer(jobs.computeFor, 1);
  const before = pool.statistics().runTime;
  await pool.defer(jobs.computeFor, 60);
  const { sum } = pool.statistics().runTime;
  assert.ok(sum - before.sum >= 60, `${sum - before.sum} ms`);
  assert.ok(pool.statistics().waitTime.sum >= 0);
});

test('runTimeout ends what runs for too long, and counts no start of a process', limit, async (t) => {
  const pool = poolFor(t);
  assert.equal(await pool.with({ runTimeout: 10_000 }).defer(add, 1, 2), 3);
  const gate = new FileGate(t);
  const error = await errorOf(pool.with({ runTimeout: 30, grace: 0 }).defer(neverSettle, gate.shared), TimeoutError);
  assert.equal(error.limit, 'run');
});

test('items are sent one by one, and objects stay in a process of their own', limit, async (t) => {
  const pool = poolFor(t);
  const items: number[] = [];
  for await (const n of pool.iterate(jobs.countTo, 50)) items.push(n);
  assert.deepEqual(
    items,
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  const counter = pool.bind(jobs.makeCounter);
  assert.equal(await counter.defer(jobs.increase), 1);
  assert.equal(await counter.defer(jobs.increase), 2);
  const [bound, own] = await Promise.all([counter.defer(() => process.pid), pool.defer(() => process.pid)]);
  assert.notEqual(bound, own);
  await counter[Symbol.asyncDispose]();
});

test('an idle process ends in order after idleTimeout, and the next call makes another', limit, async (t) => {
  const pool = poolFor(t, { idleTimeout: 1 });
  const { file } = new NoteBook(t);
  await pool.defer(jobs.noteExit, file);
  while (pool.statistics().threads > 0) await nextTurn();
  assert.equal(readFileSync(file, 'utf8'), 'ended in order');
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('idle processes do not keep the program, and what jobs print is seen', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const pool = new ProcessPool({ min: 2, max: 2, idleTimeout: Infinity });
    pool.start();
    await pool.defer(() => console.log('from the process'));
    console.log(await pool.defer(add, 1, 2));`,
  );
  assert.deepEqual(ended, { code: 0, stdout: 'from the process\n3\n', stderr: '' });
});

test('a program stays while a call to a process is pending', limit, async (t) => {
  const { stdout } = await runProgramFile(
    t,
    `${imports}
    new ProcessPool().defer(add, 1, 2).addCallback((sum) => console.log(sum));`,
  );
  assert.equal(stdout, '3\n');
});

test('a program that exits takes with it even a process that computes without end', limit, async (t) => {
  const gate = new FileGate(t);
  // It ends when its standard output is closed, which its processes have as well.
  const program = new WatchedProgram(`${imports}
    import { existsSync } from 'node:fs';
    new ProcessPool().defer(spinForever, ${JSON.stringify(gate.shared)});
    process.stdin.once('data', () => process.exit(3));
    console.log('runs');
  `);
  await gate.entered();
  program.write('exit');
  assert.equal(await program.ended, 3);
});

test('processes of a program that is killed end by themselves', limit, async (t) => {
  const gate = new FileGate(t);
  const program = new WatchedProgram(`${imports}
    const pool = new ProcessPool({ min: 2, max: 2 });
    pool.start();
    // What an earlier job has left would keep its process for ever.
    await pool.defer(() => void setInterval(() => {}, 1000));
    pool.defer(neverSettle, ${JSON.stringify(gate.shared)});
  `);
  await gate.entered();
  program.send('SIGKILL');
  assert.equal(await program.ended, 'SIGKILL');
});

test('signals that the program takes care of do not end its processes', limit, async () => {
  const program = new WatchedProgram(`${imports}
    process.on('SIGINT', () => {});
    const pool = new ProcessPool({ max: 1 });
    const { pid } = await pool.defer(whereAmI);
    process.kill(pid, 'SIGINT');
    console.log(pid === (await pool.defer(whereAmI)).pid);
  `);
  await program.ended;
  assert.equal(program.output, 'true\n');
});

test('signals do not end processes of a pool that was made in a worker thread', limit, async () => {
  const program = new WatchedProgram(`
    import { Worker } from 'node:worker_threads';
    process.on('SIGINT', () => {});
    new Worker(\`
      const pools = import('heddle/threads');
      const jobs = import('../fixtures/threads/in-process.js');
      Promise.all([pools, jobs]).then(async ([{ ProcessPool }, { whereAmI }]) => {
        const pool = new ProcessPool({ max: 1 });
        const { pid } = await pool.defer(whereAmI);
        process.kill(pid, 'SIGINT');
        console.log(pid === (await pool.defer(whereAmI)).pid);
        await pool.stop();
      });
    \`, { eval: true });
  `);
  await program.ended;
  assert.equal(program.output, 'true\n');
});

test('the program’s entry module is not run again in a process', limit, async (t) => {
  const { stdout } = await runProgramFile(
    t,
    `import { writeFileSync } from 'node:fs';
    import { ProcessPool } from 'heddle/threads';
    console.log('runs');
    const file = new URL('./work.mjs', import.meta.url);
    writeFileSync(file, "import * as entry from './program.mjs'; export const work = () => typeof entry;");
    import(file.href).then(({ work }) => new ProcessPool().defer(work)).catch(({ code }) => console.log(code));`,
  );
  assert.equal(stdout, 'runs\nHEDDLE_ENTRY_MODULE\n');
});

test('a process with a server of its own outlives idleTimeout, and ends when it is closed', limit, async (t) => {
  const pool = poolFor(t, { max: 2, idleTimeout: 1 });
  const threadsAre = async (count: number): Promise<void> => {
    while (pool.statistics().threads !== count) {
      t.signal.throwIfAborted();
      await nextTurn();
    }
  };
  const gate = new FileGate(t);
  const other = pool.defer(passGate, gate.shared);
  await gate.entered();
  const port = await pool.defer(leaveServerForOne);
  gate.open();
  const pid = await other;
  // The other one has been idle for a shorter time.
  await threadsAre(1);
  assert.notEqual((await pool.defer(jobs.whereAmI)).pid, pid);
  assert.equal(await text(connect(port, '127.0.0.1')), 'served by a thread');
  await threadsAre(0);
});

test('a process that uses more than maxThreadMemory is ended when its call is answered', limit, async (t) => {
  const pool = poolFor(t, { max: 1, maxThreadMemory: 100 * 2 ** 20 });
  const { pid } = await pool.defer(jobs.whereAmI);
  await pool.defer(keepBuffers, 1000);
  assert.equal((await pool.defer(jobs.whereAmI)).pid, pid);
  await pool.defer(keepBuffers, 150 * 2 ** 20);
  assert.notEqual((await pool.defer(jobs.whereAmI)).pid, pid);
});

test('options that say what the program itself is to do are not inherited, nor are their values', limit, async () => {
  const { stdout, stderr } = await runProgram(
    `import { ProcessPool } from 'heddle';
    import { execArgv } from './fixtures/threads/init.js';
    const pool = new ProcessPool({ max: 1 });
    console.log((await pool.defer(execArgv)).join(' '));
    await pool.stop();`,
    ['--test-name-pattern', 'abs', '--test-reporter', 'spec', '--inspect-port', '0', '--stack-trace-limit=20'],
  );
  assert.equal(stdout, '--stack-trace-limit=20\n', stderr);
});

test(
  'a process that asks while its program is busy is released by a cancel that comes before it was heard',
  limit,
  async () => {
    const { stdout, stderr } = await runProgram(`
    import { ProcessPool } from 'heddle';
    import { askForever } from './fixtures/threads/calls-out.js';
    const pool = new ProcessPool({ max: 1 });
    await pool.defer(Math.abs, -1);
    const call = pool.with({ onCancel: 'cooperate' }).defer(askForever, 400);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The process asks, and nobody hears it.
    const until = Date.now() + 500;
    while (Date.now() < until);
    call.cancel();
    call.addErrback(() => {});
    await pool.stop();
    console.log('stopped');
  `);
    assert.equal(stdout, 'stopped\n', stderr);
  },
);

test('a call whose process never comes to it fails by its limit, and the process is replaced', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { ProcessPool } from 'heddle';
    const pool = new ProcessPool({ max: 1 });
    // What an earlier call has left behind.
    await pool.defer(() => { setTimeout(() => { for (;;); }, 20); });
    const call = () => pool.with({ queueTimeout: 100, grace: 0 }).defer(Math.abs, -1);
    // Until that has begun, it comes to calls.
    let error;
    while (error === undefined) error = await call().then(() => undefined, (reason) => reason);
    console.log(error.code, error.limit);
    console.log(await pool.defer(Math.abs, -2));
    await pool.stop();
  `);
  assert.equal(stdout, 'HEDDLE_TIMEOUT queue\n2\n', stderr);
});

test('in a single executable application, which would run itself for each process, it is refused', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { ProcessPool, ThreadPool } from 'heddle';
    process.getBuiltinModule('node:sea').isSea = () => true;
    console.log(await new ThreadPool({ max: 1 }).defer(Math.max, 1, 2));
    new ProcessPool({ max: 1 });
  `);
  assert.equal(stdout.trim(), '2', stderr);
  assert.match(
    stderr,
    /InvalidArgumentError: A ProcessPool cannot be made in a single executable application.*ThreadPool/,
  );
});

test('where Node has no single executables to ask about, as Deno has none, a ProcessPool works', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { ProcessPool } from 'heddle';
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (id) => (id === 'node:sea' ? undefined : getBuiltinModule(id));
    const pool = new ProcessPool({ max: 1 });
    console.log(await pool.defer(Math.max, 1, 2));
    await pool.stop();
  `);
  assert.equal(stdout.trim(), '2', stderr);
});

test('a call given up before its process has begun it never runs, whatever was to become of it', limit, async (t) => {
  const pool = poolFor(t);
  const book = new NoteBook(t);
  const pid = await pool.defer(() => process.pid);
  process.kill(pid, 'SIGSTOP');
  const call = pool.with({ onCancel: 'abandon' }).defer(append, book.file, '1');
  while (pool.calls()[0]?.thread === undefined) await nextTurn();
  call.addErrback(() => undefined).cancel();
  process.kill(pid, 'SIGCONT');
  await pool.defer(append, book.file, '2');
  assert.deepEqual(book.read(), [2]);
});
