import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reactor } from 'heddle/reactor';
import { LoopingCall } from 'heddle/task';
import { Clock } from 'heddle/testing';

const TICKS = 10_000;

test('over 10,000 ticks of a fake clock every call is due at a whole interval from the start, however late the ones before it were', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (interval, delays) => {
        const clock = new Clock();
        clock.advance(12_345);
        const loop = new LoopingCall(() => undefined);
        loop.clock = clock;
        loop.start(interval);
        for (let tick = 0; tick < TICKS; tick++) {
          const [next] = clock.getDelayedCalls();
          const due = (next?.getTime() ?? Number.NaN) - 12_345;
          // The clock itself has added up as many fractions; the loop adds up none.
          assert.ok(Math.abs(due / interval - Math.round(due / interval)) < 1e-6, `${due} for ${interval}`);
          const late = (delays[tick % delays.length] as number) * interval;
          clock.advance((next?.getTime() ?? 0) - clock.now() + late);
        }
        loop.stop();
      },
    ),
    { numRuns: 20 },
  );
});

test('a loop that is never late makes exactly 10,000 calls in 10,000 intervals', () => {
  const clock = new Clock();
  let calls = 0;
  const loop = new LoopingCall(() => void calls++);
  loop.clock = clock;
  loop.start(7, { now: false });
  for (let ms = 0; ms < 7 * TICKS; ms++) clock.advance(1);
  assert.equal(calls, TICKS);
});

test('over 10,000 ticks of the real clock the boundaries counted are those that have passed, at every call', async () => {
  const interval = 0.0625;
  let read = 0;
  let boundaries = 0;
  const loop = LoopingCall.withCount((count) => {
    boundaries += count;
    const passed = Math.floor((read - (loop.startTime as number)) / interval);
    if (boundaries !== passed) assert.fail(`${boundaries} counted when ${passed} had passed`);
    if (boundaries >= TICKS) loop.stop();
  });
  loop.clock = {
    now: () => (read = reactor.now()),
    callLater: (delay, f) => reactor.callLater(delay, f),
  };
  await loop.start(interval, { now: false });
  assert.ok(boundaries >= TICKS);
});
