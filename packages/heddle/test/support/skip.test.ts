import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingHere, notInThisNode } from './skip.ts';

test('a feature of a later Node version is skipped with both versions in the reason', () => {
  assert.equal(
    notInThisNode('node:sqlite', '20.19.0'),
    'not in this Node version: node:sqlite needs 22.13.0, this is 20.19.0',
  );
  assert.equal(notInThisNode('node:sqlite', '22.9.0') === false, false);
});

test('a feature of this Node version or an earlier one is not skipped', () => {
  assert.equal(notInThisNode('node:sqlite', '22.13.0'), false);
  assert.equal(notInThisNode('node:sqlite', '24.0.0'), false);
});

test('what is missing on this machine is a skip, or an error where everything is required', () => {
  assert.equal(missingHere('Twisted', true, { HEDDLE_REQUIRE_ALL: '1' }), false);
  assert.equal(missingHere('Twisted', false, {}), 'missing here: Twisted');
  assert.throws(() => missingHere('Twisted', false, { HEDDLE_REQUIRE_ALL: '1' }), /missing here: Twisted.*REQUIRE_ALL/);
});
