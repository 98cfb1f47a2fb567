import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mean, quantileOf } from '#dashboard-format';

/** Counts of 28 buckets as a pool has them: of 1 µs, 2 µs and so on to 67 s, and of all that took longer. */
function counts(of: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 28 }, (_, index) => of[index] ?? 0);
}

test('the time within which calls were done has no bound where some took longer than all that have one', () => {
  assert.equal(quantileOf(counts({}), 0.5), undefined);
  assert.equal(quantileOf(counts({ 0: 1 }), 0.99), '1 µs');
  assert.equal(quantileOf(counts({ 10: 50, 20: 50 }), 0.5), '1.02 ms');
  assert.equal(quantileOf(counts({ 10: 50, 20: 50 }), 0.51), '1.05 s');
  assert.equal(quantileOf(counts({ 26: 1 }), 0.5), '67.1 s');
  assert.equal(quantileOf(counts({ 10: 9, 27: 1 }), 0.99), '67.1 s or more');
});

test('there is no mean of no times', () => {
  assert.equal(mean(0, 0), '–');
  assert.equal(mean(10, 4), '2.5 ms');
});
