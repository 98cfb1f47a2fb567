import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import {
  type HistogramSnapshot,
  type JobEvent,
  type JobSettledEvent,
  PoolFullError,
  prometheusText,
} from 'heddle/threads';
import { throwValue } from '../../fixtures/threads/faults.ts';
import { add, identity, neverSettle, spinFor } from '../../fixtures/threads/jobs.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { notInThisNode } from '../../support/skip.ts';

/** The buckets that have something in them, as `[milliseconds, count]`. */
function filled({ buckets }: HistogramSnapshot): (readonly [upTo: number, count: number])[] {
  return buckets.filter(({ count }) => count > 0).map(({ upTo, count }) => [upTo, count]);
}

/** Calls that waited 0, 5 and 5 ms, and one that waits; the first ran 5 ms, the others no time. */
async function usedPool(): Promise<MemoryThreadPool> {
  const pool = new MemoryThreadPool({ name: 'used', max: 1 });
  const calls = [pool.defer(add, 1, 1), pool.defer(throwValue, 'no'), pool.defer(add, 3, 3)];
  calls[1]?.addErrback(() => 0);
  await pool.perform();
  pool.clock.advance(5);
  await pool.performAll();
  await Promise.all(calls);
  return pool;
}

test('statistics count how calls ended', async () => {
  const pool = new MemoryThreadPool({ max: 1, maxQueue: 2 });
  const calls = [pool.defer(add, 1, 2), pool.defer(throwValue, 'no'), pool.defer(add, 3, 4)] as const;
  await errorOf(pool.defer(add, 5, 6), PoolFullError);
  calls[2].cancel();
  await errorOf(calls[2], CancelledError);
  const late = pool.with({ timeout: 10 }).defer(add, 1, 1);
  pool.clock.advance(10);
  await errorOf(late, TimeoutError);
  await pool.performAll();
  assert.equal(await failureOf(calls[1]), 'no');
  const { completed, failed, cancelled, refused } = pool.statistics();
  assert.deepEqual({ completed, failed, cancelled, refused }, { completed: 1, failed: 2, cancelled: 1, refused: 1 });
});

test('statistics tell how long calls waited and ran, in buckets of twice the time each', async () => {
  const { waitTime, runTime } = (await usedPool()).statistics();
  assert.deepEqual(
    [waitTime.count, waitTime.sum, filled(waitTime)],
    [
      3,
      10,
      [
        [0.001, 1],
        [8.192, 2],
      ],
    ],
  );
  assert.deepEqual([runTime.count, runTime.sum, filled(runTime)], [3, 0, [[0.001, 3]]]);
  assert.equal(runTime.buckets.length, 28);
  assert.equal(runTime.buckets.at(-1)?.upTo, Number.POSITIVE_INFINITY);
});

test('the time of a real call is what its thread has measured', async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.defer(Atomics.wait, new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  const before = pool.statistics();
  assert.ok(before.runTime.sum >= 19 && before.runTime.count === 1, String(before.runTime.sum));
  assert.ok(before.waitTime.sum > 0, 'it waited for its thread to start');
  const [thread] = before.perThread;
  assert.equal(thread?.name, 'heddle-1');
  assert.equal(thread?.calls, 1);
  assert.ok(thread.utilization > 0 && thread.utilization < 1, String(thread.utilization));
});

test('the utilization of a thread counts the call that it runs', async () => {
  const pool = new MemoryThreadPool({ max: 1 });
  const gate = new Gate();
  await pool.performAll();
  const running = pool.defer(neverSettle, gate.shared);
  await nextTurn();
  pool.clock.advance(10);
  void pool.perform();
  await gate.entered();
  pool.clock.advance(30);
  const [thread] = pool.statistics().perThread;
  assert.deepEqual(thread, { name: 'heddle-1', calls: 0, utilization: 0.75, cpuTime: 0 });
  running.addErrback(() => undefined as never).cancel();
});

test('the processor time of long calls is measured, which is not the time that they wait in their thread', {
  skip: notInThisNode('process.threadCpuUsage'),
}, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const events = await published(t, async () => {
    // The first call of a function shows whether it is long.
    for (let round = 0; round < 2; round++) {
      await pool.defer(Atomics.wait, new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      await pool.defer(spinFor, 50);
      await pool.defer(identity, 1);
    }
  });
  const settled = events.flatMap(([name, event]) => (name === 'settled' ? [event as JobSettledEvent] : []));
  const times = settled.map(({ cpuTime, runTime = 0 }) => (cpuTime === undefined ? undefined : cpuTime / runTime));
  const [firstWait, firstSpin, firstShort, waited, spun, short] = times;
  assert.deepEqual([firstWait, firstSpin, firstShort, short], [undefined, undefined, undefined, undefined]);
  // Beside busy programs it may get little of the processor, but it always takes more of it than one that sleeps.
  assert.ok((waited as number) < (spun as number), `${waited} and ${spun}`);
  assert.ok((spun as number) > 0 && (spun as number) < 1.5, String(spun));
  const [thread] = pool.statistics().perThread;
  const sum = settled.reduce((total, { cpuTime = 0 }) => total + cpuTime, 0);
  assert.equal(thread?.cpuTime.toFixed(6), sum.toFixed(6));
});

/** The names and messages of what is published while `body` runs. */
async function published(t: TestContext, body: () => Promise<void>): Promise<[name: string, message: JobEvent][]> {
  const events: [string, JobEvent][] = [];
  for (const name of ['queued', 'started', 'settled']) {
    const one = channel(`heddle:job:${name}`);
    const listener = (message: unknown): void => void events.push([name, message as JobEvent]);
    one.subscribe(listener);
    t.after(() => one.unsubscribe(listener));
  }
  await body();
  return events;
}

test('who subscribes is told when a call is queued, started and settled', async (t) => {
  const pool = new MemoryThreadPool({ name: 'told', max: 1 });
  await pool.performAll();
  const events = await published(t, async () => {
    pool.defer(add, 1, 2);
    pool.defer(throwValue, 'no').addErrback(() => 0);
    await pool.performAll();
    pool
      .defer(add, 1, 2)
      .addErrback(() => 0)
      .cancel();
  });
  const [first = -1] = events.map(([, { id }]) => id);
  const told = events.map(([name, { pool: poolName, id, functionName, ...rest }]) => {
    assert.equal(poolName, 'told');
    const { outcome, error } = rest as Partial<JobSettledEvent>;
    return [name, id - first, functionName, ...(outcome === undefined ? [] : [outcome, String(error)])];
  });
  const cancelled = 'CancelledError: The Deferred was cancelled.';
  assert.deepEqual(told, [
    ['queued', 0, 'add'],
    ['started', 0, 'add'],
    ['queued', 1, 'throwValue'],
    ['started', 1, 'throwValue'],
    ['settled', 0, 'add', 'completed', 'undefined'],
    ['settled', 1, 'throwValue', 'failed', 'no'],
    ['queued', 2, 'add'],
    ['started', 2, 'add'],
    ['settled', 2, 'add', 'cancelled', cancelled],
  ]);
  const settled = events.filter(([name]) => name === 'settled').map(([, event]) => event as JobSettledEvent);
  assert.deepEqual(
    settled.map(({ waitTime, runTime }) => [waitTime, runTime]),
    [
      [0, 0],
      [0, 0],
      [undefined, undefined],
    ],
  );
});

test('dumpStats gives a text with what runs and what waits', async () => {
  const pool = await usedPool();
  for (let n = 0; n < 3; n++) pool.defer(add, n, n);
  assert.equal(
    pool.dumpStats(),
    `Thread pool 'used': 1 threads (0 idle, 1 busy), 2 calls wait
  so far: 2 completed, 1 failed, 0 cancelled, 0 refused
  used-1: 3 calls, busy 0 % of the time
  running: add
  waiting: add (2)`,
  );
});

test('prometheusText refuses pools that cannot be told apart', () => {
  const pools = [{}, { name: 'other' }, {}].map((options) => new MemoryThreadPool(options));
  assert.throws(() => prometheusText(...pools), {
    code: 'HEDDLE_INVALID_ARGUMENT',
    message: /^Two of the pools are named 'heddle', .* give each pool a name of its own/,
  });
});

test('prometheusText renders pools in the text format, histograms cumulated, in seconds', async () => {
  const other = new MemoryThreadPool({ name: 'a "b"\\c', max: 1 });
  const text = prometheusText(await usedPool(), other);
  const lines = text.split('\n');
  for (const line of lines.slice(0, -1)) assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+\{.*\} [\d.e+-]+)$/);
  assert.equal(new Set(lines).size, lines.length, 'no line stands twice');
  for (const line of [
    '# TYPE heddle_job_wait_seconds histogram',
    'heddle_threads{pool="used",state="idle"} 1',
    'heddle_backlog{pool="used"} 0',
    'heddle_backlog{pool="a \\"b\\"\\\\c"} 0',
    'heddle_jobs_total{pool="used",outcome="completed"} 2',
    'heddle_jobs_total{pool="used",outcome="failed"} 1',
    'heddle_job_wait_seconds_bucket{pool="used",le="0.000001"} 1',
    'heddle_job_wait_seconds_bucket{pool="used",le="0.004096"} 1',
    'heddle_job_wait_seconds_bucket{pool="used",le="0.008192"} 3',
    'heddle_job_wait_seconds_bucket{pool="used",le="+Inf"} 3',
    'heddle_job_wait_seconds_sum{pool="used"} 0.01',
    'heddle_job_wait_seconds_count{pool="used"} 3',
    'heddle_thread_utilization{pool="used",thread="1"} 0',
  ]) {
    assert.ok(lines.includes(line), `${line} is missing in:\n${text}`);
  }
});

test('prometheusText has no ever new labels where threads come and go', async () => {
  const pool = new MemoryThreadPool({ name: 'worn', max: 1, maxCallsPerThread: 1 });
  const labels = new Set<string>();
  const names = new Set<string>();
  for (let call = 1; call <= 3; call++) {
    const done = pool.defer(add, call, 0);
    // The thread that has the call is there until it is done.
    await new Promise(setImmediate);
    for (const [label] of prometheusText(pool).matchAll(/heddle_thread_utilization\{.*\}/g)) labels.add(label);
    for (const { name } of pool.statistics().perThread) names.add(name);
    await pool.performAll();
    await done;
  }
  assert.equal(names.size, 3, 'three threads have been there');
  assert.deepEqual([...labels], ['heddle_thread_utilization{pool="worn",thread="1"}']);
});
