import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WatchedPool } from '@heddle/doctor';
import type { PoolCall, PoolStatistics } from 'heddle/threads';
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

test('one who does not read is dropped, and the others go on', { timeout: 30_000 }, async (t) => {
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
  for (let before = -1, most = 500; samples !== before; most--) {
    assert.ok(most > 0, 'it is still sent samples');
    before = samples;
    t.mock.timers.tick(1000);
    await nextTurn();
  }
  const viewer = await Viewer.open(t, dashboard);
  t.mock.timers.tick(1000);
  await viewer.next('sample');
});
