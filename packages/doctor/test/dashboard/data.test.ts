import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { CancelledError } from 'heddle/defer';
import { ThreadPool } from 'heddle/threads';
import { HANGS_MS } from '../support/hangs.ts';
import { add, failWithSecret, Gate, waitForGate } from '../support/jobs.ts';
import { ask, dashboardFor, Viewer } from './viewer.ts';

const limit = { timeout: HANGS_MS };

interface Row {
  readonly id: number;
  readonly functionName: string;
  readonly state: string;
  readonly thread?: string;
  readonly runTime?: number;
  readonly count: number;
  readonly error?: string;
}
interface Sample {
  readonly loop: { readonly longest: number; readonly median: number; readonly utilization: number };
  readonly pools: readonly {
    readonly name: string;
    readonly busy: number;
    readonly backlog: number;
    readonly perThread: readonly { readonly name: string }[];
    readonly calls: readonly Row[];
  }[];
  readonly functions: readonly Row[];
  readonly slowest: readonly Row[];
}

/** Waits for a sample in which something is so. */
async function sampleWhere(viewer: Viewer, isSo: (sample: Sample) => boolean): Promise<Sample> {
  for (;;) {
    const sample = await viewer.next<Sample>('sample');
    if (isSo(sample)) return sample;
  }
}

function blockTheLoop(milliseconds: number): void {
  const since = performance.now();
  while (performance.now() - since < milliseconds);
}

/** Blocks the loop in its one half and in its other half. */
function blockInHalves(milliseconds: number, isFirst: boolean): void {
  const since = performance.now();
  if (isFirst) while (performance.now() - since < milliseconds);
  else while (performance.now() - since < milliseconds);
}

describe('what a dashboard tells', { concurrency: true, ...limit }, () => {
  test('pools, their threads, what runs and what waits', async (t) => {
    await using pool = new ThreadPool({ name: 'looms', max: 1 });
    const dashboard = await dashboardFor(t, { pools: () => [pool], name: 'a program' });
    const gate = new Gate();
    t.after(() => gate.open());
    const calls = [pool.defer(waitForGate, gate.shared), pool.defer(add, 1, 2)];
    const viewer = await Viewer.open(t, dashboard);
    const hello = await viewer.next<{ program: { name: string; pid: number }; mayCancel: boolean }>('hello');
    assert.deepEqual([hello.program.name, hello.program.pid, hello.mayCancel], ['a program', process.pid, false]);
    const { pools } = await sampleWhere(viewer, (sample) => sample.pools[0]?.calls[0]?.state === 'running');
    const [seen] = pools;
    assert.deepEqual([seen?.name, seen?.busy, seen?.backlog], ['looms', 1, 1]);
    assert.deepEqual(
      seen?.calls.map(({ functionName, state, thread }) => [functionName, state, thread]),
      [
        ['waitForGate', 'running', 'looms-1'],
        ['add', 'waiting', undefined],
      ],
    );
    assert.ok((seen?.calls[0]?.runTime ?? 0) > 0);
    assert.deepEqual(
      seen?.perThread.map(({ name }) => name),
      ['looms-1'],
    );
    gate.open();
    await Promise.all(calls);
  });

  test('functions and slow calls, with the names and codes of errors', async (t) => {
    await using pool = new ThreadPool({ name: 'counted', max: 1 });
    const dashboard = await dashboardFor(t, { pools: () => [pool] });
    await Promise.all([1, 2, 3].map((n) => pool.defer(add, n, n)));
    await assert.rejects(pool.defer(failWithSecret).toPromise());
    const viewer = await Viewer.open(t, dashboard);
    const { functions, slowest } = await viewer.next<Sample>('sample');
    assert.equal(functions.find(({ functionName }) => functionName === 'add')?.count, 3);
    const failed = slowest.find(({ functionName }) => functionName === 'failWithSecret');
    assert.equal(failed?.error, 'RangeError E_FAILED');
  });

  test('no arguments, no results and no messages of errors', async (t) => {
    await using pool = new ThreadPool({ max: 1 });
    const dashboard = await dashboardFor(t, { pools: () => [pool] });
    const gate = new Gate();
    const calls = [
      pool.defer(waitForGate, gate.shared, { password: 'argument-secret' }),
      pool.defer(failWithSecret).addErrback(() => {}),
    ];
    const viewer = await Viewer.open(t, dashboard, dashboard.token);
    await sampleWhere(viewer, (sample) => sample.pools[0]?.calls[0]?.state === 'running');
    gate.open();
    await Promise.all(calls);
    await sampleWhere(viewer, ({ slowest }) => slowest.some(({ functionName }) => functionName === 'failWithSecret'));
    assert.match(viewer.text, /waitForGate/);
    assert.doesNotMatch(viewer.text, /secret/);
    assert.ok(!viewer.text.includes(dashboard.token));
  });

  const wrongPools: readonly (readonly [what: string, pools: () => unknown, said: RegExp])[] = [
    ['a number', () => 5, /it gave 5\./],
    ['what is no pool yet', () => [undefined], /it gave \[ undefined \]\./],
    [
      'an error',
      () => {
        throw new RangeError('no pools yet');
      },
      /it threw RangeError: no pools yet/,
    ],
  ];
  for (const [what, pools, said] of wrongPools) {
    test(`no pools, and one warning, where the option pools gives ${what}`, async (t) => {
      const warnings: string[] = [];
      const hear = ({ message }: Error): void => void (said.test(message) && warnings.push(message));
      process.on('warning', hear);
      t.after(() => process.off('warning', hear));
      const viewer = await Viewer.open(t, await dashboardFor(t, { pools: pools as never }));
      const samples = [await viewer.next<Sample>('sample'), await viewer.next<Sample>('sample')];
      assert.deepEqual(
        samples.flatMap((sample) => sample.pools),
        [],
      );
      assert.equal(warnings.length, 1);
    });
  }

  test('the delay of the loop, as somebody would have met it who came at any time', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const viewer = await Viewer.open(t, dashboard);
    await viewer.next('sample');
    // For longer than all else together that the next sample tells of.
    blockTheLoop(2_000);
    const { loop } = await sampleWhere(viewer, (sample) => sample.loop.longest > 1_500);
    // Of those who came in these seconds, very many met with it.
    assert.ok(loop.median > 20, String(loop.median));
    assert.ok(loop.utilization > 0.3, String(loop.utilization));
  });

  test('the places that block the loop, with their stacks, also those of before', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [], threshold: 50 });
    const early = await Viewer.open(t, dashboard);
    await early.next('hello');
    interface Place {
      readonly text: string;
      readonly count: number;
      readonly longest: number;
      readonly stack: readonly { readonly functionName: string; readonly file: string }[];
    }
    // Other tests of this file block the loop as well.
    const isThis = ({ text }: Place): boolean => text.includes('blockTheLoop');
    // The watch needs a moment to begin.
    const blocking = setInterval(blockTheLoop, 200, 120);
    t.after(() => clearInterval(blocking));
    for (;;) {
      const { places, mark } = await early.next<{ places: Place[]; mark: { at: number; duration: number } }>('blocked');
      if (!places.some(isThis)) continue;
      assert.ok(mark.duration >= 50 && Math.abs(mark.at - Date.now()) < 30_000);
      break;
    }
    clearInterval(blocking);
    const late = await Viewer.open(t, dashboard);
    const { places, blocks } = await late.next<{ places: Place[]; blocks: unknown[] }>('hello');
    const place = places.find(isThis);
    assert.ok(place !== undefined && place.longest >= 50 && place.count >= 1, JSON.stringify(place));
    const frame = place.stack.find(({ functionName }) => functionName === 'blockTheLoop');
    assert.match(frame?.file ?? '', /data\.test\.ts$/);
    assert.ok(blocks.length >= 1);
  });

  test('a function is one place, whatever line of it blocks the loop', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [], threshold: 50 });
    const viewer = await Viewer.open(t, dashboard);
    let times = 0;
    const blocking = setInterval(() => blockInHalves(120, ++times % 2 === 0), 200);
    t.after(() => clearInterval(blocking));
    interface Place {
      readonly text: string;
      readonly count: number;
    }
    for (;;) {
      const { places } = await viewer.next<{ places: Place[] }>('blocked');
      const seen = places.filter(({ text }) => text.startsWith('blockInHalves'));
      if (seen.reduce((sum, { count }) => sum + count, 0) < 4) continue;
      assert.equal(seen.length, 1, JSON.stringify(seen));
      break;
    }
  });

  test('a call is cancelled by its number, whether it runs or waits', async (t) => {
    await using pool = new ThreadPool({ name: 'cancelling', max: 1 });
    const dashboard = await dashboardFor(t, { pools: () => [pool] });
    const gate = new Gate();
    t.after(() => gate.open());
    const calls = [pool.defer(waitForGate, gate.shared), pool.defer(add, 1, 2), pool.defer(add, 3, 4)];
    const viewer = await Viewer.open(t, dashboard);
    const { pools } = await sampleWhere(viewer, (sample) => sample.pools[0]?.calls[0]?.state === 'running');
    const [running, waiting] = pools[0]?.calls ?? [];
    const cancel = (body: string) =>
      ask(dashboard, 'api/cancel', {
        method: 'POST',
        headers: { authorization: `Bearer ${dashboard.token}` },
        body,
      });
    for (const call of [waiting, running]) {
      const { status, body } = await cancel(JSON.stringify({ id: call?.id }));
      assert.deepEqual([status, JSON.parse(body)], [200, { cancelled: call?.id, functionName: call?.functionName }]);
    }
    for (const call of calls.slice(0, 2)) {
      await assert.rejects(call.toPromise(), (error) => {
        assert.ok(error instanceof CancelledError);
        assert.match(String(error.cause), /on the dashboard/);
        return true;
      });
    }
    assert.equal(await calls[2], 7);
    assert.equal((await cancel(JSON.stringify({ id: running?.id }))).status, 404);
    for (const body of ['', '{}', '{"id":"1"}', 'null', '{"id":1', `{"id":1,"more":"${'x'.repeat(2000)}"}`]) {
      assert.equal((await cancel(body)).status, 400, body.slice(0, 20));
    }
  });

  test('any number of functions takes a fixed memory, and those called most stay', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const settled = channel('heddle:job:settled');
    for (let n = 0; n < 20_000; n++) {
      const functionName = n % 2 === 0 ? 'often' : `once${n}`;
      settled.publish({ pool: 'p', id: 1e9 + n, functionName, outcome: 'completed', waitTime: 0, runTime: n / 1e9 });
    }
    const viewer = await Viewer.open(t, dashboard);
    const { functions, slowest } = await viewer.next<Sample>('sample');
    assert.ok(functions.length <= 30 && slowest.length <= 12, `${functions.length} and ${slowest.length}`);
    assert.equal(functions.find(({ functionName }) => functionName === 'often')?.count, 10_000);
  });

  test('names are cut, and an error that is no word is not told', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const error = Object.assign(new Error('no'), { name: 'not a word', code: 'key=secret' });
    const event = { pool: 'long', id: 1e10, functionName: 'f'.repeat(5000), outcome: 'failed', error };
    channel('heddle:job:settled').publish({ ...event, waitTime: 0, runTime: 1e7 });
    const viewer = await Viewer.open(t, dashboard);
    const { slowest } = await viewer.next<Sample>('sample');
    assert.equal(slowest[0]?.functionName.length, 200);
    assert.equal(slowest[0]?.error, 'Error');
    assert.doesNotMatch(viewer.text, /secret/);
  });

  test('an error that throws when it is looked at is told of as one', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const error = Object.defineProperty(new Error('no'), 'code', { get: () => assert.fail('not to be read') });
    const event = { pool: 'odd', id: 1e10 + 1, functionName: 'odd', outcome: 'failed', error };
    channel('heddle:job:settled').publish({ ...event, waitTime: 0, runTime: 1e6 });
    const viewer = await Viewer.open(t, dashboard);
    const { slowest } = await viewer.next<Sample>('sample');
    assert.equal(slowest.find(({ functionName }) => functionName === 'odd')?.error, 'Error');
  });

  test('pages are connected to the end of the dashboard, which frees its port', async (t) => {
    const dashboard = await dashboardFor(t, { pools: () => [] });
    const viewer = await Viewer.open(t, dashboard);
    await viewer.next('hello');
    await dashboard.stop();
    await viewer.ended();
    await assert.rejects(ask(dashboard, '/'), /ECONNREFUSED/);
    await elapse(0);
    await dashboard.stop();
  });
});
