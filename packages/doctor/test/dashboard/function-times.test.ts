import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { CancelledError, TimeoutError } from 'heddle/defer';
import { HANGS_MS } from '../support/hangs.ts';
import { dashboardFor, Viewer } from './viewer.ts';

interface Row {
  readonly functionName: string;
  readonly count: number;
  readonly timed: number;
  readonly total: number;
  readonly longest: number;
}

test('the time of a function is that of the calls that a thread had, also of those whose time was over', {
  timeout: HANGS_MS,
}, async (t) => {
  const dashboard = await dashboardFor(t, { pools: () => [] });
  const call = (functionName: string, event: object): void => {
    channel('heddle:job:settled').publish({ pool: 'p', id: 1, functionName, ...event });
  };
  call('mixed', { outcome: 'completed', waitTime: 0, runTime: 4 });
  for (const limit of ['run', 'queue'] as const) {
    const error = new TimeoutError(6, limit, 'Its time is over.');
    for (const name of ['mixed', limit]) call(name, { outcome: 'failed', error });
  }
  call('mixed', { outcome: 'cancelled', error: new CancelledError() });
  const viewer = await Viewer.open(t, dashboard);
  const { functions } = await viewer.next<{ functions: Row[] }>('sample');
  assert.deepEqual(
    functions.map(({ functionName, count, timed, total, longest }) => [functionName, count, timed, total, longest]),
    [
      ['mixed', 4, 2, 10, 6],
      ['run', 1, 1, 6, 6],
      ['queue', 1, 0, 0, 0],
    ],
  );
});
