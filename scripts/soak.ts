// Mixed calls with faults at random for some minutes: each must end once and as it may, and nothing may be left.
//
//   npm run soak -- [--minutes 1] [--seed 1] [--hard] [--processes] [--json]
//
// With --hard every tenth call or so ends its thread. With --processes the calls run in a ProcessPool. With --json the
// last line is what is told, for a program: `npm run docs:soak`.
import { getEventListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { type Deferred, Failure, ProcessPool, ThreadPool } from 'heddle';
import { type Fate, fates, isRefused } from './soak/fates.ts';
import { spin, work } from './soak/jobs.ts';
import { type Leftovers, leftovers, whatIsLeft } from './soak/leftovers.ts';
import { type Outcome, told } from './soak/outcome.ts';
import { Random } from './soak/random.ts';

/** How many calls are made together. */
const BATCH = { soft: 1000, hard: 60 };
/** Of calls that end their thread, so many times as many. */
const HARDER = 60;
/** Pools come and go, so that all they hold is let go of. */
const BATCHES_OF_A_POOL = 50;
/** A call that takes longer hangs, and so does the stop of a pool. */
const HANGS_MS = 60_000;
/** Memory that may be kept beyond what was reachable after the first pool: caches of functions, of compiled code. */
const SPARE_BYTES = 8e6;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    hard: { type: 'boolean', default: false },
    processes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes ?? 1);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('--minutes is a number, --seed a whole number.');

const size = values.hard ? BATCH.hard : BATCH.soft;
const possible = fates.filter(({ forProcesses }) => values.processes || forProcesses !== true);
const mixture = values.hard
  ? possible.map((fate) => (fate.costsThread === true ? { ...fate, weight: fate.weight * HARDER } : fate))
  : possible;
const Pool = values.processes ? ProcessPool : ThreadPool;
const random = new Random(seed);
const violations: string[] = [];
const counts = new Map<string, number>();
let calls = 0;
let stuck = 0;
process.on('warning', (warning: NodeJS.ErrnoException) => {
  if (warning.code === 'HEDDLE_THREAD_STUCK') stuck++;
});
let pools = 0;

function violated(what: string): void {
  violations.push(what);
  console.error(`VIOLATION: ${what}`);
}

async function batch(pool: ThreadPool, hasMaxQueue: boolean): Promise<void> {
  const controller = new AbortController();
  const unwanted: Deferred<unknown>[] = [];
  const started: { fate: Fate; n: number; results: unknown[]; done: Promise<void> }[] = [];
  for (let index = 0; index < size; index++) {
    const n = calls++;
    const fate = random.among(mixture);
    counts.set(fate.name, (counts.get(fate.name) ?? 0) + 1);
    const results: unknown[] = [];
    let inTurn = true;
    const call = fate.start({ pool, signal: controller.signal, random, unwanted }, n);
    const done = new Promise<void>((resolve) => {
      call.addBoth((result: unknown) => {
        results.push(inTurn ? 'fired in the turn of its call' : result);
        resolve();
      });
    });
    inTurn = false;
    started.push({ fate, n, results, done });
    if (random.below(100) === 0) await nextTurn();
    if (random.below(300) === 0) for (const one of unwanted.splice(0)) one.cancel();
    if (random.below(400) === 0) {
      const max = 1 + random.below(6);
      pool.adjustPoolSize({ min: random.below(max + 1), max });
    }
    if (random.below(2000) === 0) controller.abort();
  }
  for (const one of unwanted) one.cancel();
  await isOver(Promise.all(started.map(({ done }) => done)));
  await nextTurn();
  for (const { fate, n, results } of started) {
    const [result] = results;
    if (results.length !== 1) violated(`call ${n} (${fate.name}) has ended ${results.length} times`);
    else if (!fate.allows(result, n) && !(hasMaxQueue && isRefused(result))) {
      violated(`call ${n} (${fate.name}) ended with ${String(result instanceof Failure ? result.value : result)}`);
    }
  }
  const listeners = getEventListeners(controller.signal, 'abort').length;
  if (listeners > 0) violated(`${listeners} listeners are left on the signal of a batch`);
}

/** Whether something has ended in good time. */
async function isOver(work: PromiseLike<unknown>): Promise<boolean> {
  // Left to itself, it would keep the batch for a minute, and be counted as memory that is left.
  let hangs: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    hangs = setTimeout(resolve, HANGS_MS, false);
  });
  const isInTime = await Promise.race([Promise.resolve(work).then(() => true), tooLate]);
  clearTimeout(hangs);
  return isInTime;
}

async function poolOfCalls(end: number): Promise<void> {
  const maxQueue = random.below(3) === 0 ? 400 : Number.POSITIVE_INFINITY;
  const pool = new Pool({
    name: `soak ${++pools}`,
    max: 2 + random.below(3),
    maxCrashes: Number.POSITIVE_INFINITY,
    idleTimeout: random.below(2) * 10_000,
    maxQueue,
  });
  const hasMaxQueue = maxQueue < Number.POSITIVE_INFINITY;
  for (let n = 0; n < BATCHES_OF_A_POOL && performance.now() < end && violations.length === 0; n++) {
    await batch(pool, hasMaxQueue);
  }
  if (!(await isOver(pool.stop()))) violated(`a pool does not stop: ${pool.dumpStats()}`);
  const { threads, backlog, busy, stuck } = pool.statistics();
  if (threads + backlog + busy + stuck.length > 0) violated(`a stopped pool has left ${pool.dumpStats()}`);
}

/** A call that runs out of time is asked where it is, where this thread was free to do so. */
async function askOneThread(): Promise<void> {
  await using pool = new Pool({ max: 1, maxCrashes: Number.POSITIVE_INFINITY });
  for (let runTimeout = 100, seen = false; !seen; runTimeout *= 2) {
    const result: unknown = await pool
      .with({ runTimeout, grace: 0 })
      .defer(spin)
      .catch((error: unknown) => error);
    seen = result instanceof Error && result.stack?.includes(spin.name) === true;
  }
}

/** What a few threads share with this one is kept for others when they are gone. */
async function startSomeThreads(): Promise<void> {
  await using pool = new Pool({ max: 6 });
  await Promise.all(Array.from({ length: 6 }, () => pool.defer(work, 50)));
}

/** What there is more of after than before, memory included. */
function left(before: Leftovers, after: Leftovers): string[] {
  const things = whatIsLeft(before, after).map((one) => `left over: ${one}`);
  if (after.heap - before.heap <= SPARE_BYTES) return things;
  const [is, was] = [after, before].map(({ heap }) => Math.round(heap / 1e6));
  return [...things, `memory: ${is} MB are reachable, before ${was} MB`];
}

/** What ends last ends a moment after the pool: threads of the operating system, sessions of the inspector. And its memory. */
async function settled(before: Leftovers): Promise<Leftovers> {
  let after = leftovers();
  for (let look = 0; look < 50 && left(before, after).length > 0; look++) {
    await pause(100);
    after = leftovers();
  }
  return after;
}

console.log(
  `Soak for ${minutes} minutes on Node ${process.versions.node}, seed ${seed}: repeat it with --seed ${seed}${values.hard ? ' --hard' : ''}${values.processes ? ' --processes' : ''}`,
);
const began = performance.now();
const end = began + minutes * 60_000;
// What is loaded once stays: the first pool is not compared. Nor is what the first question to a thread leaves, and what
// threads leave to others.
await poolOfCalls(Math.min(end, began + 5000));
await askOneThread();
await startSomeThreads();
await pause(1000);
const before = leftovers();
while (performance.now() < end && violations.length === 0) await poolOfCalls(end);
const after = await settled(before);
for (const one of left(before, after)) violated(one);

const outcome: Outcome = {
  seconds: (performance.now() - began) / 1000,
  calls,
  pools,
  counts: Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
  before,
  after,
  stuck,
  violations,
};
console.log(told(outcome));
if (values.json) console.log(JSON.stringify(outcome));
// What hangs must not keep the script.
process.exit(violations.length === 0 ? 0 : 1);
