import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, helpful, type Judgement, leadsOutwards } from '#judge';

type Observation = Evidence['observation'];

function watched(seen: Pick<Observation, 'runMs'> & Partial<Observation>): Observation {
  return { kind: 'call', frame: 0, hasThrown: false, ...seen } as Observation;
}

test('a call of less than five milliseconds, or than a quarter of the block, leads to the one around it', () => {
  assert.equal(leadsOutwards(watched({ runMs: 4.9 }), 10), true);
  assert.equal(leadsOutwards(watched({ runMs: 5 }), 10), false);
  assert.equal(leadsOutwards(watched({ runMs: 24.9 }), 100), true);
  assert.equal(leadsOutwards(watched({ runMs: 25 }), 100), false);
});

test('three calls around one are watched at most', () => {
  assert.equal(leadsOutwards(watched({ runMs: 1, frame: 2 }), 100), true);
  assert.equal(leadsOutwards(watched({ runMs: 1, frame: 3 }), 100), false);
});

test('what threw, what was not seen to end and what Node has called lead nowhere', () => {
  assert.equal(leadsOutwards(watched({ runMs: 1, hasThrown: true }), 100), false);
  assert.equal(leadsOutwards(watched({ runMs: undefined }), 100), false);
  assert.equal(leadsOutwards(watched({ runMs: 1, kind: 'entry' }), 100), false);
});

test('a deferrable call that is a large part of the one around it is the one to defer', () => {
  const inner: Judgement = { verdict: 'deferrable', why: 'The inner one.' };
  const outer: Judgement = { verdict: 'not deferrable', why: 'The outer one.' };
  const known = { innerMs: 20, runMs: 20, judgement: inner };
  assert.equal(helpful(known, 80, outer), inner);
  assert.equal(helpful(known, 81, outer), outer);
  assert.equal(helpful({ ...known, judgement: { ...inner, verdict: 'unknown' } }, 80, outer), outer);
  assert.equal(helpful(undefined, 80, outer), outer);
});
