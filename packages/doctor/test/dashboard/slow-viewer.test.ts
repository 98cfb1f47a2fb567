import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WatchedPool } from '@heddle/doctor';
import type { PoolCall, PoolStatistics } from 'heddle/threads';
import { HANGS_MS } from '../support/hangs.ts';
import { dashboardFor, Viewer } from './viewer.ts';

const statistics: PoolStatistics = {
  threads: 0,
  idle: 0,
  busy: 0,
  backlog: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  refused: 0,
  runTime: { count: 0, sum: 0, buckets: [] },
  waitTime: { count: 0, sum: 0, buckets: [] },
  perThread: [],
  stuck: [],
};

function longCall(id: number): PoolCall {
  const functionName = 'x'.repeat(200);
  return {
    id,
    functionName,
    pool: 'p',
    state: 'waiting',
    thread: undefined,
    age: 1,
    runTime: undefined,
    cancel: () => true,
  };
}

/** Lets seconds go by until no more samples are taken. */
async function untilNoMoreAreTaken(t: TestContext, taken: () => number): Promise<void> {
  for (let before = -1, most = 500; taken() !== before; most--) {
    assert.ok(most > 0, 'samples are still taken');
    before = taken();
    t.mock.timers.tick(1000);
    await nextTurn();
  }
}

test('samples are taken only while somebody looks', { timeout: HANGS_MS }, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let samples = 0;
  const pool: WatchedPool = { name: 'p', max: 1, statistics: () => (samples++, statistics), calls: () => [] };
  const dashboard = await dashboardFor(t, { pools: () => [pool] });
  t.mock.timers.tick(10_000);
  assert.equal(samples, 0);
  const viewer = await Viewer.open(t, dashboard);
  for (const taken of [1, 2]) {
    t.mock.timers.tick(1000);
    await viewer.next('sample');
    assert.equal(samples, taken);
  }
  viewer.leave();
  await untilNoMoreAreTaken(t, () => samples);
  const taken = samples;
  const second = await Viewer.open(t, dashboard);
  t.mock.timers.tick(1000);
  await second.next('sample');
  assert.equal(samples, taken + 1);
});

test('one who does not read is dropped, and the others go on', { timeout: HANGS_MS }, async (t) => {
  // Seconds go by when the test says so.
  t.mock.timers.enable({ apis: ['setInterval'] });
  let samples = 0;
  const pools = Array.from({ length: 20 }, (): WatchedPool => {
    const calls = Array.from({ length: 60 }, (_, id) => longCall(id));
    return { name: 'p', max: 1, statistics: () => (samples++, statistics), calls: () => calls };
  });
  const dashboard = await dashboardFor(t, { pools: () => pools });
  const { hostname, port, host } = new URL(dashboard.url);
  const deaf = connect({ host: hostname, port: Number(port) });
  t.after(() => deaf.destroy());
  deaf.write(`GET /api/events HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await once(deaf, 'readable');
  // Reads no more from here on. Its samples end when it has been dropped; how much the system takes for it, it does not say.
  await untilNoMoreAreTaken(t, () => samples);
  const viewer = await Viewer.open(t, dashboard);
  t.mock.timers.tick(1000);
  await viewer.next('sample');
});
