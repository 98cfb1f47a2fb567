import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { CancelledError, type Deferred, Failure, TimeoutError } from 'heddle/defer';
import {
  ProcessPool,
  type ProcessPoolOptions,
  ThreadExitError,
  ThreadPool,
  type ThreadPoolOptions,
  TooManyCrashesError,
  UnclonableError,
  CallableError,
} from 'heddle/threads';
import * as faults from '../../fixtures/threads/faults.ts';
import { add, type GateKey, identity, neverSettle, passGate, spinForever } from '../../fixtures/threads/jobs.ts';
import { dieLater, dieOf } from '../../fixtures/threads/process-faults.ts';
import { brokenFunction } from '../../support/broken-module.ts';
import { type AnyGate, FileGate, Gate, sharedInts } from '../../support/gate.ts';
import { sizes } from '../../support/sizes.ts';

/** A kind of pool, and how much of it the time allows. */
interface Kind {
  readonly name: string;
  readonly rounds: number;
  readonly callsPerRound: number;
  make(options: ThreadPoolOptions): ThreadPool;
  makeGate(t: TestContext): AnyGate;
  /** What calls may meet with, beside what all may. */
  readonly fates: readonly Fate[];
}

/** What a call may meet with. */
interface Fate {
  readonly name: string;
  /** How many of about 1000 calls meet with it. Those that cost a thread are rare, for the sake of time. */
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
  /** Nobody waits there. */
  readonly gate: GateKey;
}

const failsWith =
  (errorClass: abstract new (...args: never[]) => unknown) =>
  (result: unknown): boolean =>
    result instanceof Failure && result.value instanceof errorClass;

/** A function that has ended too many threads is not tried any more. */
const endsThread = (result: unknown): boolean =>
  failsWith(ThreadExitError)(result) || failsWith(TooManyCrashesError)(result);

const endedBy =
  (signal: NodeJS.Signals) =>
  (result: unknown): boolean =>
    result instanceof Failure &&
    (result.value instanceof ThreadExitError ? result.value.signal === signal : endsThread(result));

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
    allows: failsWith(CallableError),
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
    start: ({ pool, gate }) => pool.with({ timeout: 3 }).defer(neverSettle, gate),
    allows: failsWith(TimeoutError),
  },
  {
    name: 'hang',
    weight: 3,
    start: ({ pool, gate }) => pool.with({ timeout: 3 }).defer(spinForever, gate),
    allows: failsWith(TimeoutError),
  },
];

const kinds: readonly Kind[] = [
  {
    name: 'threads',
    rounds: 4,
    callsPerRound: 1000,
    make: (options) => new ThreadPool(options),
    makeGate: () => new Gate(),
    fates: [],
  },
  {
    name: 'processes',
    rounds: 4,
    callsPerRound: 250,
    make: (options) => new ProcessPool(options as ProcessPoolOptions),
    makeGate: (t) => new FileGate(t),
    fates: [
      {
        name: 'signal',
        weight: 5,
        start: ({ pool }) => pool.defer(dieOf, 'SIGSEGV'),
        allows: endedBy('SIGSEGV'),
      },
      {
        name: 'signal later',
        weight: 5,
        start: ({ pool }) => pool.defer(dieLater, 'SIGKILL'),
        allows: endedBy('SIGKILL'),
      },
      {
        name: 'shared memory',
        weight: 20,
        start: ({ pool }) => pool.defer(identity<unknown>, sharedInts(1)),
        allows: failsWith(UnclonableError),
      },
    ],
  },
];

/** Calls, each with what the program does after it: go on at once, in the next turn, or when the call is done. */
function stepsOf({ fates: own, callsPerRound }: Kind): fc.Arbitrary<{ fate: Fate; after: string }[]> {
  const all = [...fates, ...own];
  const step = fc.record({
    fate: fc.oneof(...all.map((fate) => ({ weight: fate.weight, arbitrary: fc.constant(fate) }))),
    after: fc.oneof(
      { weight: 900, arbitrary: fc.constant('go on' as const) },
      { weight: 70, arbitrary: fc.constant('next turn' as const) },
      { weight: 20, arbitrary: fc.constant('wait' as const) },
      { weight: 10, arbitrary: fc.constant('abort' as const) },
    ),
  });
  return fc.array(step, { minLength: callsPerRound, maxLength: callsPerRound });
}

const limit = { timeout: 240_000 };

for (const kind of kinds) {
  const calls = kind.rounds * kind.callsPerRound;
  test(
    `of ${calls} calls to ${kind.name} with faults at random each ends once and as it must, and nothing is left`,
    limit,
    async (t) => {
      const seed = Number(process.env['HEDDLE_SEED'] ?? Date.now() % 2 ** 31);
      t.diagnostic(`seed ${seed}: repeat it with HEDDLE_SEED=${seed}`);
      const round = fc.record({
        max: fc.integer({ min: 2, max: 4 }),
        min: fc.integer({ min: 0, max: 2 }),
        idleTimeout: fc.constantFrom(0, 10_000),
        maxCrashes: fc.constantFrom(3, Number.POSITIVE_INFINITY),
        maxCallsPerThread: fc.constantFrom(200, Number.POSITIVE_INFINITY),
        steps: stepsOf(kind),
      });
      const before = activeResources();
      const { shared: gate } = kind.makeGate(t);
      await fc.assert(
        fc.asyncProperty(round, async ({ steps, ...options }) => {
          const pool = kind.make(options);
          await playOut(pool, steps, gate);
          await assertEverySlotWorks(
            pool,
            Array.from({ length: pool.max }, () => kind.makeGate(t)),
          );
          await pool.stop();
          assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
        }),
        { seed, numRuns: kind.rounds, endOnFailure: true },
      );
      await nextTurn();
      for (const [resource, count] of activeResources()) {
        assert.ok(
          count <= (before.get(resource) ?? 0),
          `${count} of ${resource} are left, there were ${before.get(resource) ?? 0}`,
        );
      }
    },
  );
}

async function playOut(
  pool: ThreadPool,
  steps: readonly { fate: Fate; after: string }[],
  gate: GateKey,
): Promise<void> {
  const results: unknown[][] = steps.map(() => []);
  const calls: Promise<unknown>[] = [];
  const signals: AbortSignal[] = [];
  let controller = new AbortController();
  let cancelled: Deferred<unknown>[] = [];
  for (const [n, { fate, after }] of steps.entries()) {
    let inTurnOfCall = true;
    const call = fate.start({ pool, controller, cancelled, gate }, n);
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
async function assertEverySlotWorks(pool: ThreadPool, gates: readonly AnyGate[]): Promise<void> {
  const inside = gates.map((gate) => pool.defer(passGate, gate.shared));
  try {
    await Promise.all(gates.map((gate) => gate.entered()));
    // Before that, one that ends might leave its room to whoever comes first.
    const waiting = pool.defer(add, 1, 2);
    assert.deepEqual(sizes(pool), { threads: pool.max, idle: 0, busy: pool.max, backlog: 1 });
    for (const gate of gates) gate.open();
    assert.equal(new Set(await Promise.all(inside)).size, pool.max);
    assert.equal(await waiting, 3);
  } finally {
    for (const gate of gates) gate.open();
  }
}

function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
