// What a program's own code (getters, who listens to `node:diagnostics_channel`) does to a pool that is in the middle of a call.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, type Deferred } from 'heddle/defer';
import { PoolStoppedError, ProcessPool, ThreadPool } from 'heddle/threads';
import { openSlowly } from '../../fixtures/threads/init.ts';
import { giveBareItems } from '../../fixtures/threads/items.ts';
import { add, identity, passGate } from '../../fixtures/threads/jobs.ts';
import { passGateIfAny } from '../../fixtures/threads/short-calls.ts';
import { request } from '../../fixtures/threads/stores.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor, poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 60_000 };
/** Where others want the processor, a short function is now and then taken for a long one, and then there is nothing to see. */
const MOST_ROUNDS = 200;

function whenStarted(t: TestContext, act: () => void): void {
  subscribe('heddle:job:started', act);
  t.after(() => unsubscribe('heddle:job:started', act));
}

test(
  'a call that is given up while its result is heard takes nothing from the one that has its place',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 1 });
    let looks = 0;
    for (let round = 0; round < MOST_ROUNDS && looks < 3; round++) {
      for (let call = 0; call < 200; call++) await pool.defer(passGateIfAny);
      const [thread] = pool.statistics().perThread;
      const [before, gate] = [new Gate(), new Gate()];
      const ended: Deferred<unknown> = pool.with({ grace: 0 }).defer(passGate, before.shared);
      await before.entered();
      const next = pool.defer(passGateIfAny, gate.shared);
      let reads = 0;
      let wasBehind = false;
      const last = pool.defer(identity, {
        get number(): number {
          if (reads++ === 0) {
            const waiting = pool.calls().find(({ functionName }) => functionName === passGateIfAny.name);
            wasBehind = waiting?.thread !== undefined;
            ended.cancel();
          }
          return 1;
        },
      });
      before.open();
      await ended.addErrback((failure) => void failure.trap(CancelledError));
      await nextTurn();
      gate.open();
      assert.equal(typeof (await next), 'number');
      assert.deepEqual(await last, { number: 1 });
      assert.equal(pool.statistics().perThread[0]?.name, thread?.name);
      if (wasBehind) looks++;
    }
    assert.equal(looks, 3);
  },
);

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `a call that is about to be a new thread's is finished by a pool that is stopped then (${Pool.name})`,
    limit,
    async (t) => {
      const pool = poolOfOne(t, Pool);
      let stopped: Deferred<void> | undefined;
      whenStarted(t, () => {
        stopped ??= pool.stop();
      });
      assert.equal(await pool.defer(add, 1, 2), 3);
      await stopped;
      assert.equal(pool.statistics().threads, 0);
    },
  );

  for (const when of ['is told of', 'is sent'] as const) {
    test(
      `a pool that is stopped without a deadline gives up the call that ${when} at that moment (${Pool.name})`,
      limit,
      async (t) => {
        const pool = poolOfOne(t, Pool);
        assert.equal(await pool.defer(identity, 1), 1);
        let stopped: Deferred<void> | undefined;
        const stop = (): void => {
          assert.deepEqual(pool.pendingCalls(), ['identity']);
          stopped ??= pool.stop({ deadline: 0 });
        };
        if (when === 'is told of') whenStarted(t, stop);
        const value = {
          get number(): number {
            if (stopped === undefined) stop();
            return 1;
          },
        };
        await errorOf(pool.defer(identity, value), PoolStoppedError);
        await stopped;
        assert.equal(pool.statistics().completed, 1);
        assert.equal(pool.statistics().threads, 0);
      },
    );
  }
}

test('a pool that a store stops as it is read does not take the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.propagate(request);
  let stopped: Deferred<void> | undefined;
  const store = {
    get id(): string {
      stopped ??= pool.stop();
      return 'last';
    },
  };
  await errorOf(
    request.run(store, () => pool.defer(identity, 1)),
    PoolStoppedError,
  );
  await stopped;
  assert.deepEqual([pool.statistics().completed, pool.statistics().threads], [0, 0]);
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`items that a getter among the arguments leaves take no thread (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const first = pool.iterate(giveBareItems, { value: 1 });
    await first.next();
    await first.return();
    for (let call = 0; call < 3; call++) {
      let left: Promise<unknown> | undefined;
      const items = pool.iterate(giveBareItems, {
        get value(): number {
          left ??= items.return();
          return 1;
        },
      });
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      assert.deepEqual(await left, { done: true, value: undefined });
    }
    await pool.stop();
  });
}

test(
  'a pool that is stopped without a deadline as a thread that is ready gets its calls gives up all of them',
  limit,
  async (t) => {
    // So it need not be looked for when the thread is ready.
    assert.equal(await poolFor(t).defer(identity, 1), 1);
    const pool = poolFor(t, { max: 1, concurrency: 4, initThread: openSlowly });
    let stopped: Deferred<void> | undefined;
    const first = {
      get number(): number {
        stopped ??= pool.stop({ deadline: 0 });
        return 1;
      },
    };
    const calls: Deferred<unknown>[] = [first, 2, 3, 4].map((value) => pool.defer(identity, value));
    for (const call of calls) await errorOf(call, PoolStoppedError);
    await stopped;
    assert.deepEqual([pool.statistics().completed, pool.statistics().threads], [0, 0]);
  },
);

test('a call that is given up as it is told of does not wait for its thread to be made ready', limit, async (t) => {
  const pool = poolFor(t, { max: 1, initThread: () => new Promise(() => {}) });
  whenStarted(t, () => {
    for (const call of pool.calls()) call.cancel();
  });
  await errorOf(pool.defer(identity, 1), CancelledError);
  assert.deepEqual([pool.statistics().busy, pool.statistics().idle], [0, 1]);
  await pool.stop();
});
