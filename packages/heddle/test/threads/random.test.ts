import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { CancelledError, type Deferred, Failure, TimeoutError } from 'heddle/defer';
import { ThreadExitError, ThreadPool, TooManyCrashesError, UnclonableError } from 'heddle/threads';
import * as faults from '../fixtures/threads/faults.ts';
import { add, identity, neverSettle, passGate, spinForever } from '../fixtures/threads/jobs.ts';
import { brokenFunction } from '../support/broken-module.ts';
import { Gate, sharedInts } from '../support/gate.ts';
import { sizes } from '../support/sizes.ts';

const ROUNDS = 10;
const CALLS_PER_ROUND = 1000;

/** What a call may meet with. */
interface Fate {
  readonly name: string;
  /** How many of 1000 calls meet with it. Those that cost a thread are rare, for the sake of time. */
  readonly weight: number;
  start(round: Round, n: number): Deferred<unknown>;
  /** Whether this is how such a call may end. */
  allows(result: unknown, n: number): boolean;
}

/** What the calls of one round have in common. */
interface Round {
  readonly pool: ThreadPool;
  readonly controller: AbortController;
  readonly cancelled: Deferred<unknown>[];
}

const failsWith =
  (errorClass: abstract new (...args: never[]) => unknown) =>
  (result: unknown): boolean =>
    result instanceof Failure && result.value instanceof errorClass;

/** A function that has ended too many threads is not tried any more. */
const endsThread = (result: unknown): boolean =>
  failsWith(ThreadExitError)(result) || failsWith(TooManyCrashesError)(result);

const isSum = (result: unknown, n: number): boolean => result === n + 1;

const fates: Fate[] = [
  { name: 'value', weight: 400, start: ({ pool }, n) => pool.defer(add, n, 1), allows: isSum },
  {
    name: 'value in time',
    weight: 60,
    start: ({ pool, controller: { signal } }, n) => pool.with({ timeout: 1e9, signal }).defer(add, n, 1),
    allows: (result, n) => isSum(result, n) || failsWith(CancelledError)(result),
  },
  {
    name: 'throw',
    weight: 100,
    start: ({ pool }, n) => pool.defer(faults.throwValue, n),
    allows: (result, n) => result instanceof Failure && result.value === n,
  },
  {
    name: 'throw undefined',
    weight: 50,
    start: ({ pool }) => pool.defer(faults.throwUndefined),
    allows: (result) => result instanceof Failure && result.value === undefined,
  },
  {
    name: 'rejection',
    weight: 60,
    start: ({ pool }, n) => pool.defer(faults.rejectValue, n),
    allows: (result, n) => result instanceof Failure && result.value === n,
  },
  {
    name: 'unsendable argument',
    weight: 80,
    start: ({ pool }) => pool.defer(identity<unknown>, [new WeakMap()]),
    allows: failsWith(UnclonableError),
  },
  {
    name: 'unsendable result',
    weight: 80,
    start: ({ pool }) => pool.defer(faults.giveFunctionWithin),
    allows: failsWith(UnclonableError),
  },
  {
    name: 'unloadable',
    weight: 20,
    start: ({ pool }) => pool.defer(brokenFunction('throws-at-import.mjs')),
    allows: failsWith(RangeError),
  },
  {
    name: 'aborted before',
    weight: 30,
    start: ({ pool }) => pool.with({ signal: AbortSignal.abort() }).defer(add, 1, 1),
    allows: failsWith(CancelledError),
  },
  {
    name: 'cancelled soon',
    weight: 50,
    start: ({ pool, cancelled }, n) => {
      const call = pool.defer(add, n, 1);
      cancelled.push(call);
      return call;
    },
    allows: (result, n) => isSum(result, n) || failsWith(CancelledError)(result),
  },
  {
    name: 'no time at all',
    weight: 10,
    start: ({ pool }, n) => pool.with({ timeout: 0 }).defer(add, n, 1),
    allows: (result, n) => isSum(result, n) || failsWith(TimeoutError)(result),
  },
  { name: 'exit', weight: 5, start: ({ pool }) => pool.defer(faults.exit, 1), allows: endsThread },
  {
    name: 'exit later',
    weight: 3,
    start: ({ pool }) => pool.defer(faults.exitLater, 0),
    allows: endsThread,
  },
  {
    name: 'uncaught error',
    weight: 3,
    start: ({ pool }) => pool.defer(faults.throwLater, 'uncaught'),
    allows: endsThread,
  },
  {
    name: 'unhandled rejection',
    weight: 3,
    start: ({ pool }) => pool.defer(faults.rejectUnheard, 'unheard'),
    allows: endsThread,
  },
  {
    name: 'promise that stays pending',
    weight: 3,
    start: ({ pool }) => pool.with({ timeout: 3 }).defer(neverSettle, sharedInts(2)),
    allows: failsWith(TimeoutError),
  },
  {
    name: 'hang',
    weight: 3,
    start: ({ pool }) => pool.with({ timeout: 3 }).defer(spinForever, sharedInts(2)),
    allows: failsWith(TimeoutError),
  },
];

/** A call, and what the program does after it: go on at once, in the next turn, or when the call is done. */
const step = fc.record({
  fate: fc.oneof(...fates.map((fate) => ({ weight: fate.weight, arbitrary: fc.constant(fate) }))),
  after: fc.oneof(
    { weight: 900, arbitrary: fc.constant('go on' as const) },
    { weight: 70, arbitrary: fc.constant('next turn' as const) },
    { weight: 20, arbitrary: fc.constant('wait' as const) },
    { weight: 10, arbitrary: fc.constant('abort' as const) },
  ),
});

const round = fc.record({
  max: fc.integer({ min: 2, max: 4 }),
  min: fc.integer({ min: 0, max: 2 }),
  idleTimeout: fc.constantFrom(0, 10_000),
  maxCrashes: fc.constantFrom(3, Number.POSITIVE_INFINITY),
  maxCallsPerThread: fc.constantFrom(200, Number.POSITIVE_INFINITY),
  steps: fc.array(step, { minLength: CALLS_PER_ROUND, maxLength: CALLS_PER_ROUND }),
});

const limit = { timeout: 240_000 };

test('of 10,000 calls with faults at random each ends once and as it must, and nothing is left', limit, async (t) => {
  const seed = Number(process.env['HEDDLE_SEED'] ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed}: repeat it with HEDDLE_SEED=${seed}`);
  const before = activeResources();
  await fc.assert(
    fc.asyncProperty(round, async ({ steps, ...options }) => {
      const pool = new ThreadPool(options);
      await playOut(pool, steps);
      await assertEverySlotWorks(pool);
      await pool.stop();
      assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
    }),
    { seed, numRuns: ROUNDS, endOnFailure: true },
  );
  await nextTurn();
  for (const [kind, count] of activeResources()) {
    assert.ok(count <= (before.get(kind) ?? 0), `${count} of ${kind} are left, there were ${before.get(kind) ?? 0}`);
  }
});

async function playOut(pool: ThreadPool, steps: readonly { fate: Fate; after: string }[]): Promise<void> {
  const results: unknown[][] = steps.map(() => []);
  const calls: Promise<unknown>[] = [];
  const signals: AbortSignal[] = [];
  let controller = new AbortController();
  let cancelled: Deferred<unknown>[] = [];
  for (const [n, { fate, after }] of steps.entries()) {
    let inTurnOfCall = true;
    const call = fate.start({ pool, controller, cancelled }, n);
    calls.push(
      new Promise((resolve) => {
        call.addBoth((result) => {
          results[n]!.push(inTurnOfCall ? 'fired in the turn of its call' : result);
          resolve(undefined);
        });
      }),
    );
    inTurnOfCall = false;
    if (after === 'wait') await calls[n];
    if (after === 'next turn') await nextTurn();
    if (after === 'abort') controller.abort();
    if (after !== 'go on') {
      for (const unwanted of cancelled) unwanted.cancel();
      signals.push(controller.signal);
      controller = new AbortController();
      cancelled = [];
    }
  }
  await Promise.all(calls);
  await nextTurn();
  for (const [n, { fate }] of steps.entries()) {
    const [result] = results[n]!;
    assert.equal(results[n]!.length, 1, `call ${n} (${fate.name}) fired ${results[n]!.length} times`);
    const ending = result instanceof Failure ? result.value : result;
    assert.ok(fate.allows(result, n), `call ${n} (${fate.name}) ended with ${String(ending)}`);
  }
  for (const signal of signals) assert.equal(getEventListeners(signal, 'abort').length, 0);
}

/** As many calls as the pool has room for run at the same time, and one more has to wait. */
async function assertEverySlotWorks(pool: ThreadPool): Promise<void> {
  const gates = Array.from({ length: pool.max }, () => new Gate());
  const inside = gates.map((gate) => pool.defer(passGate, gate.shared));
  const waiting = pool.defer(add, 1, 2);
  await Promise.all(gates.map((gate) => gate.entered()));
  assert.deepEqual(sizes(pool), { threads: pool.max, idle: 0, busy: pool.max, backlog: 1 });
  for (const gate of gates) gate.open();
  assert.equal(new Set(await Promise.all(inside)).size, pool.max);
  assert.equal(await waiting, 3);
}

function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
