import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './program.ts';

test('of a large array that a watched call gets, no more is looked at than a moment allows', async () => {
  const { code, output, errors } = await run('large.mjs');
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  assert.match(output, /^deferrable: .*an array of 30,000/);
});
