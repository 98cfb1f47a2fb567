import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadPool } from 'heddle/threads';
import { type LongJob, watchLoop } from 'heddle/watchdog';
import { runWatched } from './watched.ts';

/** A job that runs until it is told that enough is known of it. */
const spin = (memory: Int32Array): void => {
  while (Atomics.load(memory, 0) === 0);
};

function flag(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

test('a job that runs for longer than the limit is reported once, with where it is', async () => {
  const enough = flag();
  const jobs: LongJob[] = [];
  const pool = new ThreadPool({ max: 1, name: 'crunchers' });
  const watch = watchLoop({
    onBlocked: () => {},
    jobLimit: 20,
    onLongJob: (job) => {
      jobs.push(job);
      // It goes on for so long that it could be reported again.
      setTimeout(() => Atomics.store(enough, 0, 1), 100);
    },
  });
  await pool.defer(spin, enough);
  watch.stop();
  await pool.stop();
  assert.equal(jobs.length, 1);
  const [{ pool: name, functionName, duration, stack, culprit, id }] = jobs as [LongJob];
  assert.deepEqual({ name, functionName }, { name: 'crunchers', functionName: 'spin' });
  assert.ok(duration >= 20 && id > 0);
  assert.ok(stack.some(({ functionName }) => functionName === 'spin'));
  assert.equal(culprit?.frame.functionName, 'spin');
});

test('time in the queue, and jobs within the limit, are no reason to report', async () => {
  const jobs: LongJob[] = [];
  const pool = new ThreadPool({ max: 1 });
  const watch = watchLoop({ onBlocked: () => {}, jobLimit: 60_000, onLongJob: (job) => jobs.push(job) });
  await Promise.all(Array.from({ length: 20 }, () => pool.defer(JSON.parse, '1')));
  watch.stop();
  await pool.stop();
  assert.deepEqual(jobs, []);
});

test('a watch that was stopped reports no job', async () => {
  const enough = flag();
  const jobs: LongJob[] = [];
  const pool = new ThreadPool({ max: 1 });
  const watch = watchLoop({ onBlocked: () => {}, jobLimit: 10, onLongJob: (job) => jobs.push(job) });
  const running = pool.defer(spin, enough);
  watch.stop();
  setTimeout(() => Atomics.store(enough, 0, 1), 100);
  await running;
  await pool.stop();
  assert.deepEqual(jobs, []);
});

test('a job that ends while it is asked where it is has been reported by then', async () => {
  const jobs: LongJob[] = [];
  const pool = new ThreadPool({ max: 1 });
  const watch = watchLoop({ onBlocked: () => {}, jobLimit: 20, onLongJob: (job) => jobs.push(job) });
  // Of a job that has run and ended while this loop stood still, on a busy machine, nobody has asked.
  for (let tries = 0; tries < 20 && jobs.length === 0; tries++) {
    await pool.defer((milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)), 150);
  }
  assert.equal(jobs.length, 1);
  watch.stop();
  await pool.stop();
});

test('a watch that is stopped by a report reports nothing that it has asked after already', async () => {
  const enough = flag();
  const jobs: LongJob[] = [];
  const pool = new ThreadPool({ min: 2, max: 2 });
  const watch = watchLoop({
    onBlocked: () => {},
    jobLimit: 200,
    onLongJob: (job) => {
      jobs.push(job);
      watch.stop();
      setTimeout(() => Atomics.store(enough, 0, 1), 300);
    },
  });
  // What is in no code is asked for long: both have been when one is reported.
  const waits = async (memory: Int32Array): Promise<void> => {
    while (Atomics.load(memory, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await Promise.all([pool.defer(waits, enough), pool.defer(waits, enough)]);
  await pool.stop();
  assert.equal(jobs.length, 1);
});

test('a job in native code, which says nothing about where it is, is reported by its name', async () => {
  const { stdout } = await runWatched(`
    import { pbkdf2Sync } from 'node:crypto';
    import { reactor, deferToThread } from 'heddle';
    let found;
    const watch = watchLoop({ jobLimit: 20, onLongJob: (job) => { found ??= job; } });
    for (let times = 0; times < 20 && found === undefined; times++) {
      await deferToThread(pbkdf2Sync, 'a', 'b', 1500000, 64, 'sha512');
    }
    console.log(found.functionName);
  `);
  assert.equal(stdout, 'pbkdf2Sync\n');
});

test('what is thrown when a job is reported is an uncaught error', async () => {
  const { stdout, stderr, code } = await runWatched(`
    import { deferToThread } from 'heddle';
    const enough = new Int32Array(new SharedArrayBuffer(4));
    const stop = (error, from) => {
      console.log(from, error.message);
      Atomics.store(enough, 0, 1);
    };
    process.on('uncaughtException', stop);
    process.on('warning', (warning) => stop(warning, 'warning'));
    const watch = watchLoop({ onBlocked: () => {}, jobLimit: 20, onLongJob: ({ functionName }) => {
      throw new Error(functionName + ' takes too long');
    } });
    await deferToThread(function spin(memory) { while (Atomics.load(memory, 0) === 0); }, enough);
    watch.stop();
  `);
  assert.deepEqual([stdout, code], ['uncaughtException spin takes too long\n', 0], stderr);
});

test('a job that is in no code when it has run for too long is asked again where it is', async () => {
  const { stdout } = await runWatched(`
    import { deferToThread } from 'heddle';
    let functions;
    const watch = watchLoop({ jobLimit: 20, onLongJob: ({ stack }) => { functions = stack.map((frame) => frame.functionName); } });
    async function waitsAndSpins(milliseconds) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    }
    // A thread that gets no processor for long may be asked for the last time before it spins.
    for (let times = 0; times < 10 && !functions?.includes('waitsAndSpins'); times++) {
      functions = undefined;
      await deferToThread(waitsAndSpins, 300);
    }
    console.log(functions.at(-1));
  `);
  assert.equal(stdout, 'waitsAndSpins\n');
});

test('by default a long job is warned of in words', async () => {
  const { stderr } = await runWatched(`
    import { deferToThread } from 'heddle';
    const watch = watchLoop({ jobLimit: 20 });
    function spins(milliseconds) { const end = performance.now() + milliseconds; while (performance.now() < end); }
    // A thread that had no processor yet is not in the function when it is asked, and has no place to tell.
    for (let times = 0; times < 8; times++) await deferToThread(spins, 300);
  `);
  assert.match(
    stderr,
    /^heddle: spins has been running for \d+ ms in a thread of the pool 'heddle', now in .+\.\n(?: {4}at .*\n)* {4}at spins /m,
  );
});
