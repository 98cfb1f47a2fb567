import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './program.ts';

test('a place that is not called in time is given up, and waited for once more when it blocks again', async () => {
  const { code, output, errors } = await run('waiting.mjs');
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  assert.match(
    output,
    /^(?:armed digest\nunknown: It was not called again while it was waited for\n)+armed digest\ndeferrable: .*\n$/,
  );
});

test('a call that is waited for at one place is watched once more for another place', async () => {
  const { code, output, errors } = await run('shared.mjs');
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  assert.equal(output, "not deferrable: page('text', options)\n".repeat(2));
});

test('where a place blocks again and its call was not seen, the call around it is watched', async () => {
  const { code, output, errors } = await run('missed.mjs');
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  assert.match(output, /^\w[\w ]+: page\('text', options\) null\n$/);
});

test('a function that is not at the place that is known of it is not called the top of its module', async () => {
  const top = await run('unfound.mjs', ['']);
  assert.match(top.output, /^It is the top-level code of its module, which runs once\.\n$/, top.errors);
  const named = await run('unfound.mjs', ['work']);
  assert.match(named.output, /^Its function was not found at the place that is known of it\.\n$/, named.errors);
});
