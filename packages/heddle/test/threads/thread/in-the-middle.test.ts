// What a program's own code (getters, who listens to `node:diagnostics_channel`) does to a pool that is in the middle of a call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, type Deferred } from 'heddle/defer';
import { identity, passGate } from '../../fixtures/threads/jobs.ts';
import { passGateIfAny } from '../../fixtures/threads/short-calls.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 60_000 };
/** Where others want the processor, a short function is now and then taken for a long one, and then there is nothing to see. */
const MOST_ROUNDS = 200;

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
