import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { HANGS_MS } from '../support/hangs.ts';
import { dashboardFor, Viewer } from './viewer.ts';

const PERIOD_MS = 30 * 60_000;

interface Row {
  readonly functionName: string;
  readonly count: number;
  readonly longest: number;
}

test('functions and calls are told of for half an hour to an hour', { timeout: HANGS_MS }, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const dashboard = await dashboardFor(t, { pools: () => [] });
  let lastId = 1e11;
  const call = (functionName: string, runTime: number): void => {
    const event = { pool: 'p', id: ++lastId, functionName, outcome: 'completed', waitTime: 0, runTime };
    channel('heddle:job:settled').publish(event);
  };
  const told = async (): Promise<unknown[][]> => {
    const viewer = await Viewer.open(t, dashboard);
    t.mock.timers.tick(1000);
    const { functions, slowest } = await viewer.next<{ functions: Row[]; slowest: Row[] }>('sample');
    viewer.leave();
    const rows = functions.map(({ functionName, count, longest }) => [functionName, count, longest]);
    return [...rows, slowest.map(({ functionName }) => functionName)];
  };
  call('early', 5);
  assert.deepEqual(await told(), [['early', 1, 5], ['early']]);
  t.mock.timers.tick(PERIOD_MS);
  call('early', 7);
  call('late', 6);
  assert.deepEqual(await told(), [
    ['early', 2, 7],
    ['late', 1, 6],
    ['early', 'late', 'early'],
  ]);
  t.mock.timers.tick(PERIOD_MS);
  assert.deepEqual(await told(), [
    ['early', 1, 7],
    ['late', 1, 6],
    ['early', 'late'],
  ]);
  t.mock.timers.tick(PERIOD_MS);
  assert.deepEqual(await told(), [[]]);
});
