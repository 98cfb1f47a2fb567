import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { add, whichThread } from '../../fixtures/threads/jobs.ts';
import {
  leaveInterval,
  leavePromises,
  leaveServer,
  leaveThreadAtGate,
  leaveTimer,
  leaveUnrefTimer,
} from '../../fixtures/threads/leftovers.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

async function reaches(flag: Int32Array, count: number): Promise<void> {
  while (Atomics.load(flag, 0) < count) await nextTurn();
}

for (const leave of [leaveTimer, leaveUnrefTimer, leavePromises]) {
  test(`what a job leaves behind goes on in a thread that has nothing else to do (${leave.name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const flag = sharedInts(1);
    await pool.defer(leave, flag);
    await reaches(flag, 1);
  });
}

test('a server that a job leaves behind answers while its thread is idle', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const port = await pool.defer(leaveServer);
  for (let client = 0; client < 3; client++) {
    assert.equal(await text(connect(port, '127.0.0.1')), 'served by a thread');
  }
});

test('calls without end leave a timer its turn, one at a time and many at once', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const flag = sharedInts(1);
  await pool.defer(leaveInterval, flag);
  for (const atOnce of [1, 100]) {
    const seen = Atomics.load(flag, 0);
    const enough = new AbortController();
    const callers = Array.from({ length: atOnce }, async () => {
      while (!enough.signal.aborted) assert.equal(await pool.defer(add, 1, 2), 3);
    });
    await reaches(flag, seen + 3);
    enough.abort();
    await Promise.all(callers);
  }
});

test('a thread that has not yet passed the calls that were taken back from it takes others', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const thread = await pool.defer(whichThread);
  // Short calls, so that the thread gets as many ahead as there is room for.
  for (let round = 0; round < 50; round++) await pool.defer(add, 1, round);
  const gate = new Gate();
  await pool.defer(leaveThreadAtGate, gate.shared);
  // No call is under way that would keep the process.
  await reaches(gate.shared, 1);
  for (let time = 0; time < 20; time++) {
    const unwanted = Array.from({ length: 200 }, () => pool.defer(add, 1, 1).addErrback(() => {}));
    for (const call of unwanted) call.cancel();
  }
  const wanted = Array.from({ length: 3 }, (_, n) => pool.defer(add, n, 1));
  gate.open();
  assert.deepEqual(await Promise.all(wanted), [1, 2, 3]);
  assert.equal(await pool.defer(whichThread), thread);
});
