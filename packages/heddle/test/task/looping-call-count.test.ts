import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from 'heddle/defer';
import { LoopingCall } from 'heddle/task';
import { Clock, MemoryReactor } from 'heddle/testing';

/** A loop with count on a clock of its own, and what it was told when. */
function countedLoop(f: (count: number) => unknown = () => undefined): {
  loop: LoopingCall;
  clock: Clock;
  counts: [time: number, count: number][];
} {
  const clock = new Clock();
  const counts: [number, number][] = [];
  const loop = LoopingCall.withCount((count) => {
    counts.push([clock.now(), count]);
    return f(count);
  });
  loop.clock = clock;
  return { loop, clock, counts };
}

test('a loop that keeps its times is told 1 at each call', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(500);
  clock.pump([500, 500]);
  assert.deepEqual(counts, [
    [0, 1],
    [500, 1],
    [1_000, 1],
  ]);
});

test('a loop that starts after an interval is told 1 at its first call', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(500, { now: false });
  clock.advance(500);
  assert.deepEqual(counts, [[500, 1]]);
});

test('a late call is told how many times have come round since the last one', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(500);
  clock.pump([500, 2_000, 500]);
  assert.deepEqual(counts, [
    [0, 1],
    [500, 1],
    [2_500, 4],
    [3_000, 1],
  ]);
});

test('times that were passed a little late count as passed, and no remainder is carried over', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(500);
  clock.pump([700, 700, 700]);
  // 700 is past one boundary, 1,400 past two, 2,100 past four.
  assert.deepEqual(counts, [
    [0, 1],
    [700, 1],
    [1_400, 1],
    [2_100, 2],
  ]);
});

test('a call whose Deferred took long is followed by one that is told of the times it took', () => {
  const answers: Deferred<void>[] = [];
  const { loop, clock, counts } = countedLoop(() => {
    const answer = new Deferred<void>();
    answers.push(answer);
    return answer;
  });
  loop.start(1_000);
  clock.advance(3_500);
  answers[0]?.callback();
  clock.advance(500);
  assert.deepEqual(counts, [
    [0, 1],
    [4_000, 4],
  ]);
});

test('the counts add up to the boundaries that have passed, whatever the pace', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(1_000, { now: false });
  let passed = 0;
  for (const step of [400, 700, 1_900, 30, 5_000, 970, 1, 999]) {
    clock.advance(step);
    passed += step;
  }
  const counted = counts.reduce((sum, [, count]) => sum + count, 0);
  assert.equal(counted, Math.floor(passed / 1_000));
});

test('a count is never 0 at an interval that floating-point numbers cannot hold, and none is lost', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(0.1, { now: false });
  for (let i = 0; i < 10_000; i++) clock.advance(0.1);
  clock.advance(0.05);
  assert.ok(counts.every(([, count]) => count >= 1));
  assert.equal(
    counts.reduce((sum, [, count]) => sum + count, 0),
    10_000,
  );
});

test('with an interval of 0 every call is told 1, however late it is', () => {
  const memory = new MemoryReactor();
  const counts: number[] = [];
  const loop = LoopingCall.withCount((count) => {
    counts.push(count);
    if (counts.length === 3) loop.stop();
  });
  loop.clock = memory;
  loop.start(0, { now: false });
  memory.advance(10_000);
  assert.deepEqual(counts, [1, 1, 1]);
});

test('with an interval of 0 a call that took long is followed by one that is told 1', () => {
  const answer = new Deferred<void>();
  const { loop, clock, counts } = countedLoop(() => {
    if (counts.length === 1) return answer;
    loop.stop();
    return undefined;
  });
  loop.start(0);
  clock.advance(5_000);
  answer.callback();
  clock.advance(0);
  assert.deepEqual(counts, [
    [0, 1],
    [5_000, 1],
  ]);
});

test('after a reset the next call is told 1, or more if whole intervals had been missed before it', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(1_000);
  clock.advance(500);
  loop.reset();
  clock.advance(1_000);
  assert.deepEqual(counts.at(-1), [1_500, 1]);
  const answer = new Deferred<void>();
  const late = countedLoop(() => (late.counts.length === 1 ? answer : undefined));
  late.loop.start(1_000);
  late.clock.advance(2_500);
  late.loop.reset();
  answer.callback();
  late.clock.advance(1_000);
  assert.deepEqual(late.counts.at(-1), [3_500, 3]);
});

test('a loop that is reset before its first call counts from the reset', () => {
  const { loop, clock, counts } = countedLoop();
  loop.start(3_000, { now: false });
  clock.advance(2_000);
  loop.reset();
  clock.advance(2_000);
  loop.reset();
  clock.advance(3_000);
  assert.deepEqual(counts, [[7_000, 1]]);
});
