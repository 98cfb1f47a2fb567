import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Ended, runNode, runProgramFile, traceFile } from '../../support/program.ts';

const limit = { timeout: 60_000 };

const imports = `
  import { deferToThread, ThreadPool } from 'heddle';
  import { add, append, neverSettle, spinForever } from '../fixtures/threads/jobs.js';
  import { exit, exitLater, answerThenExit } from '../fixtures/threads/faults.js';
`;

/** The program has ended by itself, long before its idle threads would have, and said nothing but this. */
function assertEnded({ code, signal, stdout, stderr }: Ended, printed: string, exitCode = 0): void {
  assert.deepEqual(
    { stdout: stdout.trim(), stderr, code, signal: signal ?? null },
    { stdout: printed, stderr: '', code: exitCode, signal: null },
  );
}

test(
  'a program stays while a call is pending, and ends when none is, with no loop to run or pool to stop',
  limit,
  async (t) => {
    const trace = await traceFile(t);
    const ended = await runProgramFile(
      t,
      `${imports}
    process.on('exit', (code) => console.log('exit', code));
    deferToThread(add, 1, 2).addCallback((sum) => console.log(sum));
    deferToThread(append, ${JSON.stringify(trace)}, 'ran');`,
    );
    assertEnded(ended, '3\nexit 0');
    assert.equal(await readFile(trace, 'utf8'), 'ran\n');
  },
);

test('idle threads do not keep the program, even those that would stay for ever', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const pool = new ThreadPool({ min: 2, max: 2, idleTimeout: Infinity });
    pool.start();
    console.log(await pool.defer(add, 1, 2));`,
  );
  assertEnded(ended, '3');
});

test('a job that was given up does not keep the program, however long its grace', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const call = new ThreadPool().with({ grace: 3_600_000 }).defer(spinForever, gate);
    await Atomics.waitAsync(gate, 0, 0).value;
    call.cancel();
    await call.catch((error) => console.log(error.code));`,
  );
  assertEnded(ended, 'ABORT_ERR');
});

test('threads that were started and never used do not keep the program', limit, async (t) => {
  assertEnded(
    await runProgramFile(t, `${imports} new ThreadPool({ min: 2, max: 2 }).start(); console.log('end');`),
    'end',
  );
});

test('a program may await calls at its top level, one after the other', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    let sum = 0;
    for (let n = 0; n < 20; n++) {
      sum = await deferToThread(add, sum, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(sum);`,
  );
  assertEnded(ended, '20');
});

test('a program ends after timeouts and cancels, though the threads were busy', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const shared = () => new Int32Array(new SharedArrayBuffer(8));
    const controller = new AbortController();
    const calls = [
      deferToThread.with({ timeout: 50 })(neverSettle, shared()),
      deferToThread.with({ timeout: 50 })(spinForever, shared()),
      deferToThread(spinForever, shared()),
      deferToThread.with({ signal: controller.signal, timeout: 1e9 })(spinForever, shared()),
    ];
    setImmediate(() => { calls[2].cancel(); controller.abort(); });
    const results = await Promise.allSettled(calls);
    console.log(results.map(({ reason }) => reason.code).join());`,
  );
  assertEnded(ended, 'HEDDLE_TIMEOUT,HEDDLE_TIMEOUT,ABORT_ERR,ABORT_ERR');
});

test('a long timeout does not keep a program whose call is done', limit, async (t) => {
  const program = `${imports} console.log(await deferToThread.with({ timeout: 1e9 })(add, 1, 2));`;
  assertEnded(await runProgramFile(t, program), '3');
});

test('a program ends when its threads have died, busy or idle', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const outcome = (d) => d.addCallbacks((value) => value, (failure) => failure.value.code);
    console.log(await outcome(deferToThread(exit, 4)), await outcome(deferToThread(exitLater, 4)));
    console.log(await outcome(deferToThread(answerThenExit)));`,
  );
  assertEnded(ended, 'HEDDLE_THREAD_EXIT HEDDLE_THREAD_EXIT\nanswered');
});

test('the stop of a pool keeps the program until the pool is gone', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    const pool = new ThreadPool({ max: 1 });
    pool.defer(add, 1, 2).addCallback((sum) => console.log(sum));
    pool.stop().addCallback(() => console.log('stopped', pool.statistics().threads));`,
  );
  assertEnded(ended, '3\nstopped 0');
});

test('a program whose failed call nobody looks at says so and ends with exit code 1', limit, async (t) => {
  const { code, stdout, stderr } = await runProgramFile(t, `${imports} deferToThread(exit, 0); console.log('end');`);
  assert.equal(stdout.trim(), 'end');
  assert.match(stderr, /Unhandled failure in a Deferred:\nThreadExitError/);
  assert.equal(code, 1);
});

test('what a job prints is not lost when the program ends right after it', limit, async (t) => {
  const ended = await runProgramFile(t, `${imports} deferToThread(console.log, 'printed in a thread');`);
  assertEnded(ended, 'printed in a thread');
});

const evaluated = `
  const { deferToThread } = await import('heddle');
  const { add } = await import('./fixtures/threads/jobs.js');
  console.log(await deferToThread(add, 1, 2), (await deferToThread(JSON.parse, '[4]'))[0]);`;

test('node -e works like a file', limit, async () => {
  assertEnded(await runNode(['--input-type=module', '-e', evaluated]), '3 4');
});

test('a program from standard input works like a file', limit, async () => {
  assertEnded(await runNode(['--input-type=module', '-'], evaluated), '3 4');
});

test('a CommonJS program works as well', limit, async () => {
  assertEnded(await runNode(['-e', `(async () => {${evaluated}})()`]), '3 4');
});

test('a worker of the program may use threads, and ends when its calls are done', limit, async (t) => {
  const ended = await runProgramFile(
    t,
    `${imports}
    import { isMainThread, Worker } from 'node:worker_threads';
    if (isMainThread) {
      new Worker(new URL(import.meta.url)).on('exit', (code) => console.log('worker ended', code));
    } else {
      console.log(await deferToThread(add, 1, 2));
    }`,
  );
  assertEnded(ended, '3\nworker ended 0');
});
