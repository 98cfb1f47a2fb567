import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'heddle/defer';
import {
  CallableError,
  PoolStoppedError,
  type ThreadPool,
  type ThreadPoolOptions,
  UnclonableError,
} from 'heddle/threads';
import * as faults from '../../fixtures/threads/faults.ts';
import { add, identity, whichThread } from '../../fixtures/threads/jobs.ts';
import {
  countHere,
  late,
  promiseOf,
  spinAfterWriting,
  spinUntilGivenUp,
  waitForFile,
  writeEmpty,
} from '../../fixtures/threads/rows.ts';
import { brokenFunction } from '../../support/broken-module.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';

/** What a row needs of a pool, whatever its workers are: threads, processes. */
export type FaultyPool = Pick<ThreadPool, 'defer' | 'with' | 'statistics' | 'stop'>;

/** How the workers of a kind of pool end. */
export interface WorkerKind {
  /** The error of a call whose worker has ended by itself. */
  readonly exitError: abstract new (
    ...args: never[]
  ) => Error & { readonly exitCode: number | null };
  /** Whether the error says of its worker that it has run out of memory, and in which words. */
  isOutOfMemory(error: Error): boolean;
  readonly outOfMemory: RegExp;
  /** Options under which a worker has some 16 MB of heap. */
  readonly smallHeap: ThreadPoolOptions;
}

/** One thing that can go wrong, and what must then be so. Each has a pool of its own. */
export interface FaultRow {
  readonly name: string;
  /** Beside `max: 1`. */
  options?(kind: WorkerKind): ThreadPoolOptions;
  run(pool: FaultyPool, kind: WorkerKind): Promise<void>;
}

const TWENTY = Array.from({ length: 20 }, (_, n) => n);

/** The pool takes work, and has forgotten what was there before. */
async function assertUsable(pool: FaultyPool): Promise<void> {
  assert.equal(await pool.defer(add, 1, 2), 3);
  const { backlog, busy } = pool.statistics();
  assert.deepEqual({ backlog, busy }, { backlog: 0, busy: 0 });
}

/** The worker survives what `harm` does, and the module that it has loaded with it. */
async function assertSurvives(pool: FaultyPool, harm: () => Promise<unknown>): Promise<void> {
  const before = await pool.defer(countHere);
  await harm();
  assert.equal(await pool.defer(countHere), before + 1);
  await assertUsable(pool);
}

/** The worker dies of `harm`, and has a successor. */
async function assertSucceeded(pool: FaultyPool, harm: () => Promise<unknown>): Promise<void> {
  await pool.defer(countHere);
  await harm();
  assert.equal(await pool.defer(countHere), 1);
  await assertUsable(pool);
}

/** What a module that cannot be loaded has thrown. */
async function causeOfBroken(pool: FaultyPool, file: string): Promise<unknown> {
  const error = await errorOf(pool.defer(brokenFunction(file)), CallableError);
  assert.equal(error.code, 'HEDDLE_MODULE_FAILED');
  return error.cause;
}

async function withFiles(body: (...files: [string, string]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  try {
    await body(path.join(folder, 'one'), path.join(folder, 'other'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Settles when a job has made the file, or its call is over. */
async function written(file: string, call: { readonly called: boolean }): Promise<void> {
  while (!existsSync(file) && !call.called) await nextTurn();
}

function assertCancelled(error: unknown, cause: unknown): void {
  assert.ok(error instanceof CancelledError, String(error));
  assert.equal(error.code, 'ABORT_ERR');
  assert.equal(error.cause, cause);
}

const ending: FaultRow[] = [
  ...[0, 7].map((code) => ({
    name: `process.exit(${code}) in the job fails its call, and the pool goes on`,
    run: (pool: FaultyPool, { exitError }: WorkerKind) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(faults.exit, code), exitError);
        assert.equal(error.exitCode, code);
        assert.match(error.message, new RegExp(`ran exit ended with exit code ${code}`));
      }),
  })),
  {
    name: 'calls behind one that exits run',
    run: async (pool, { exitError }) => {
      await pool.defer(add, 1, 1);
      const exiting = errorOf(pool.defer(faults.exit, 9), exitError);
      const behind = TWENTY.map((n) => pool.defer(add, n, 1));
      await exiting;
      assert.deepEqual(
        await Promise.all(behind),
        TWENTY.map((n) => n + 1),
      );
      await assertUsable(pool);
    },
  },
  {
    name: 'each of three calls that exit fails, and those between them run',
    run: async (pool, { exitError }) => {
      const three = TWENTY.slice(0, 3);
      const calls = three.flatMap((n) => [failureOf(pool.defer(faults.exit, n)), pool.defer(add, n, 1)]);
      const results = await Promise.all(calls);
      for (const n of three) {
        assert.ok(results[2 * n] instanceof exitError);
        assert.equal(results[2 * n + 1], n + 1);
      }
      await assertUsable(pool);
    },
  },
  {
    name: 'process.exit() while the promise of the job is pending fails the call',
    run: (pool, { exitError }) =>
      assertSucceeded(pool, async () => {
        assert.equal((await errorOf(pool.defer(faults.exitLater, 3), exitError)).exitCode, 3);
      }),
  },
  {
    name: 'an uncaught error in the worker fails the call and is its cause',
    run: (pool, { exitError }) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(faults.throwLater, 'out of nowhere'), exitError);
        assert.ok(error.cause instanceof TypeError);
        assert.equal(error.cause.message, 'out of nowhere');
        assert.match(error.message, /throwLater ended by an uncaught error \(out of nowhere\)/);
      }),
  },
  {
    name: 'an uncaught value that cannot be printed fails the call all the same',
    run: (pool, { exitError }) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(faults.throwUnprintableLater), exitError);
        assert.deepEqual(error.cause, { toString: 1, valueOf: 1 });
      }),
  },
  {
    name: 'an unhandled rejection in the worker fails the call',
    run: (pool, { exitError }) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(faults.rejectUnheard, 'unheard'), exitError);
        assert.match(error.message, /unheard/);
      }),
  },
  {
    name: 'a worker that runs out of memory fails its call, which says so',
    options: ({ smallHeap }) => smallHeap,
    run: (pool, { exitError, isOutOfMemory, outOfMemory }) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(faults.exhaustMemory), exitError);
        assert.match(error.message, /exhaustMemory ended/);
        assert.match(error.message, outOfMemory);
        assert.ok(isOutOfMemory(error));
      }),
  },
  {
    name: 'the crash of one worker costs the call of another nothing',
    options: () => ({ max: 2 }),
    run: (pool, { exitError }) =>
      withFiles(async (running, crashed) => {
        const sibling = pool.defer(waitForFile, running, crashed);
        await written(running, sibling);
        await errorOf(pool.defer(faults.throwLater, 'not yours'), exitError);
        await errorOf(pool.defer(faults.exit, 1), exitError);
        assert.equal(sibling.called, false);
        await pool.defer(add, 1, 2);
        await pool.defer(writeEmpty, crashed);
        assert.equal(await sibling, 'unharmed');
        await assertUsable(pool);
      }),
  },
  {
    name: 'a job that exhausts the stack fails, and its worker stays',
    run: (pool) => assertSurvives(pool, () => errorOf(pool.defer(faults.exhaustStack), RangeError)),
  },
];

const thrown: FaultRow[] = [
  {
    name: 'what is thrown arrives as it is, and costs the worker nothing',
    run: (pool) =>
      assertSurvives(pool, async () => {
        for (const value of [undefined, null, 'text', '', 0, -0, Number.NaN, 12n, false, ['list'], { plain: [1] }]) {
          assert.deepStrictEqual(await failureOf(pool.defer(faults.throwValue, value)), value);
          assert.deepStrictEqual(await failureOf(pool.defer(faults.rejectValue, value)), value);
        }
      }),
  },
  {
    name: 'throw undefined is a failure with undefined',
    run: (pool) =>
      assertSurvives(pool, async () => assert.equal(await failureOf(pool.defer(faults.throwUndefined)), undefined)),
  },
  {
    name: 'a function that is thrown arrives as a text that names it',
    run: (pool) =>
      assertSurvives(pool, async () =>
        assert.match(String(await failureOf(pool.defer(faults.throwFunction))), /not cloneable.*lostFunction/),
      ),
  },
  {
    name: 'an error keeps the nearest class both sides know, its name, its message and its own properties',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.throwQuotaError), RangeError);
      assert.equal(error.name, 'QuotaError');
      assert.equal(error.message, 'too much');
      assert.deepEqual({ ...error }, { code: 'E_QUOTA', limit: { bytes: 7 } });
      assert.match(error.stack ?? '', /throwQuotaError/);
    },
  },
  {
    name: "an error of Node's keeps code, errno, syscall and path",
    run: async (pool) => {
      const error = (await errorOf(pool.defer(faults.throwSystemError), Error)) as NodeJS.ErrnoException;
      const { code, errno, syscall, path: file } = error;
      assert.deepEqual(
        { code, errno, syscall, file },
        { code: 'ENOENT', errno: -2, syscall: 'open', file: '/nowhere/at/all' },
      );
    },
  },
  {
    name: 'an AggregateError keeps its errors, and an error its cause',
    run: async (pool) => {
      const error = await errorOf(pool.defer(faults.throwAggregate), AggregateError);
      assert.ok(error.cause instanceof TypeError);
      assert.equal(error.cause.message, 'the root');
      const [one, two, three] = error.errors as [unknown, unknown, AggregateError];
      assert.ok(one instanceof RangeError);
      assert.equal(two, 'two');
      assert.equal((three.errors[0] as Error).message, 'three');
    },
  },
];

const sent: FaultRow[] = [
  {
    name: 'an argument that cannot be cloned fails its call with the path, and the next one runs',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const error = await errorOf(pool.defer(identity<unknown>, { a: [new (class User {})()] }), UnclonableError);
        assert.match(error.message, /^args\[0\]\.a\[0\]: User cannot be sent/);
      }),
  },
  {
    name: 'an argument that only structured clone finds fault with costs the worker nothing',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const gone = await errorOf(pool.defer(identity<unknown>, faults.giveDetached()), UnclonableError);
        assert.match(gone.message, /^args\[0\]: \w+ cannot be sent to another thread\. Its memory has been moved/);
        for (const argument of [faults.giveThrowingGetter(), faults.giveTooDeep()]) {
          const error = await errorOf(pool.defer(identity<unknown>, argument), UnclonableError);
          assert.match(error.message, /^The arguments of identity cannot be sent to another (thread|process): ./);
          assert.ok(error.cause instanceof Error);
        }
      }),
  },
  {
    name: 'a result that cannot be cloned fails its call with the path, and costs the worker nothing',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const refusals: [() => unknown, RegExp][] = [
          [faults.giveFunctionWithin, /^result\.rows\[1\]\.format: function format cannot be sent/],
          [faults.giveInstance, /^result: Account cannot be sent/],
          [faults.giveThrowingGetter, /^The result cannot be sent .*: the total is not known/],
          [faults.giveDetached, /^result: \w+ cannot be sent to another thread\. Its memory has been moved/],
          [faults.giveTooDeep, /^The result cannot be sent .*: Maximum call stack size exceeded/],
        ];
        for (const [give, message] of refusals) {
          assert.match((await errorOf(pool.defer(give), UnclonableError)).message, message);
        }
      }),
  },
  {
    name: 'a function that is not async may give a promise',
    run: async (pool) => assert.equal(await pool.defer(promiseOf<string>, 'value'), 'value'),
  },
  {
    name: 'a thenable that settles twice and then throws gives its first value, once',
    run: async (pool) => {
      const values: unknown[] = [];
      const call = pool.defer(faults.giveThenableThatSettlesTwice);
      call.addBoth((value) => values.push(value));
      await call;
      await assertUsable(pool);
      assert.deepEqual(values, ['first']);
    },
  },
  {
    name: 'a thenable whose then cannot be read is an error of the job',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const error = await errorOf(pool.defer(faults.giveThrowingThenable), RangeError);
        assert.equal(error.message, 'then is not to be read');
      }),
  },
];

const loaded: FaultRow[] = [
  {
    name: 'a module that throws while it is imported fails the call, each time, with its error as the cause',
    run: (pool) =>
      assertSurvives(pool, async () => {
        for (let time = 0; time < 3; time++) {
          const cause = await causeOfBroken(pool, 'throws-at-import.mjs');
          assert.ok(cause instanceof RangeError);
          assert.equal(cause.message, 'this module does not want to be loaded');
          const required = await causeOfBroken(pool, 'throws-at-require.cjs');
          assert.equal((required as NodeJS.ErrnoException).code, 'E_NEITHER');
        }
      }),
  },
  {
    name: 'a module with a syntax error fails the call for it',
    run: (pool) =>
      assertSurvives(pool, async () => {
        assert.ok((await causeOfBroken(pool, 'syntax-error.mjs')) instanceof SyntaxError);
      }),
  },
  {
    name: 'a module that does not exist fails the call',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const cause = await causeOfBroken(pool, 'not-there.mjs');
        assert.equal((cause as NodeJS.ErrnoException).code, 'ERR_MODULE_NOT_FOUND');
      }),
  },
  {
    name: 'a module that exits while it is imported fails the call',
    run: (pool, { exitError }) =>
      assertSucceeded(pool, async () => {
        const error = await errorOf(pool.defer(brokenFunction('exits-at-import.mjs')), exitError);
        assert.equal(error.exitCode, 5);
      }),
  },
  ...['never-loads.mjs', 'spins-at-import.mjs'].map((file) => ({
    name: `an import that hangs ends by the timeout of its call (${file})`,
    run: async (pool: FaultyPool) => {
      await errorOf(pool.with({ timeout: 100 }).defer(brokenFunction(file)), TimeoutError);
      await assertUsable(pool);
    },
  })),
];

const givenUp: FaultRow[] = [
  {
    name: 'an abort ends a loop without end, and its worker has a successor',
    run: (pool) =>
      assertSucceeded(pool, () =>
        withFiles(async (running) => {
          const controller = new AbortController();
          const reason = { why: 'enough' };
          const call = pool.with({ signal: controller.signal, grace: 0 }).defer(spinAfterWriting, running);
          await written(running, call);
          controller.abort(reason);
          assertCancelled(await failureOf(call), reason);
          assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
        }),
      ),
  },
  {
    name: 'a job that looks whether it was given up ends by itself, and its worker stays',
    run: (pool) =>
      assertSurvives(pool, () =>
        withFiles(async (running) => {
          const call = pool.with({ grace: Number.POSITIVE_INFINITY }).defer(spinUntilGivenUp, running);
          await written(running, call);
          call.cancel('no longer wanted');
          assertCancelled(await failureOf(call), 'no longer wanted');
        }),
      ),
  },
  {
    name: 'a call whose signal was aborted before is refused with the reason, and never runs',
    run: (pool) =>
      withFiles(async (file) => {
        const reason = { why: 'too late' };
        const call = pool.with({ signal: AbortSignal.abort(reason) }).defer(spinAfterWriting, file);
        assert.equal(call.called, false);
        assertCancelled(await failureOf(call), reason);
        await assertUsable(pool);
        assert.equal(existsSync(file), false);
      }),
  },
  {
    name: 'the time of running does not count the start of the worker, and ends a loop without end',
    run: (pool) =>
      withFiles(async (running) => {
        // On a busy machine, 50 ms may be over before the job has written.
        for (let tries = 0; tries < 20 && !existsSync(running); tries++) {
          const call = pool.with({ runTimeout: 50, grace: 0 }).defer(spinAfterWriting, running);
          assert.equal((await errorOf(call, TimeoutError)).limit, 'run');
        }
        assert.equal(existsSync(running), true);
        await assertUsable(pool);
      }),
  },
  {
    name: "a result that comes after its call was given up is no other call's",
    run: async (pool) => {
      const abandoned = pool.with({ runTimeout: 1, onCancel: 'abandon' });
      for (const n of TWENTY.slice(0, 5)) {
        await errorOf(abandoned.defer(late<string>, `late ${n}`, 30), TimeoutError);
        assert.deepEqual(await Promise.all(TWENTY.map((i) => pool.defer(identity<number>, i))), TWENTY);
      }
      await assertUsable(pool);
    },
  },
  {
    name: 'an abort after the result changes nothing, and the worker stays',
    run: (pool) =>
      assertSurvives(pool, async () => {
        const controller = new AbortController();
        assert.equal(await pool.with({ signal: controller.signal }).defer(add, 1, 2), 3);
        controller.abort();
      }),
  },
  {
    name: 'a hundred calls that are done leave no listener on their signal, however they ended',
    run: async (pool) => {
      const { signal } = new AbortController();
      const view = pool.with({ signal });
      const calls = Array.from({ length: 100 }, (_, n) => {
        if (n % 4 === 0) return failureOf(view.defer(faults.throwValue, n));
        if (n % 4 === 1) return failureOf(view.defer(identity<unknown>, new WeakMap()));
        return view.defer(add, n, 1);
      });
      await Promise.all(calls);
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    },
  },
  {
    name: 'a cancel while the worker starts settles the call, and those behind it run',
    run: async (pool) => {
      const first = pool.defer(add, 1, 1);
      const second = pool.defer(add, 2, 2);
      first.cancel();
      assertCancelled(await failureOf(first), undefined);
      assert.equal(await second, 4);
      await assertUsable(pool);
    },
  },
  {
    name: 'a call that is cancelled by a getter among its arguments never runs',
    run: async (pool) => {
      const first = pool.defer(whichThread);
      const cancelsItself = {
        get value(): number {
          call.cancel();
          return 1;
        },
      };
      const call = pool.defer(identity<unknown>, cancelsItself);
      await first;
      assertCancelled(await failureOf(call), undefined);
      await assertUsable(pool);
    },
  },
  {
    name: 'a stop with a deadline fails what runs and what waits, and ends the workers',
    run: (pool) =>
      withFiles(async (running) => {
        const looping = pool.defer(spinAfterWriting, running);
        const waiting = pool.defer(add, 1, 2);
        await written(running, looping);
        const failures = [looping, waiting].map((call) => errorOf(call, PoolStoppedError));
        const stopped = pool.stop({ deadline: 1 });
        const messages = (await Promise.all(failures)).map(({ message }) => message);
        assert.match(messages[0] ?? '', /was stopped with a deadline of 1 ms, and spinAfterWriting was not done/);
        assert.match(messages[1] ?? '', /was stopped with a deadline of 1 ms, and add was not done/);
        await stopped;
        assert.equal(pool.statistics().threads, 0);
        await errorOf(pool.defer(add, 1, 2), PoolStoppedError);
      }),
  },
];

/** Nothing hangs: whatever goes wrong, each call ends once, and the pool takes the next. */
export const faultRows: readonly FaultRow[] = [...ending, ...thrown, ...sent, ...loaded, ...givenUp];
