import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from './program.ts';

// Each ends while a place is waited for or watched. Without the judge they would end in the same way.
const endings: Readonly<Record<string, { readonly code: number; readonly errors: RegExp }>> = {
  natural: { code: 0, errors: /^$/ },
  exit: { code: 3, errors: /^$/ },
  thrown: { code: 1, errors: /Error: at the end/ },
  rejected: { code: 1, errors: /Error: at the end/ },
  'exit in the call': { code: 4, errors: /^$/ },
  'thrown in the call': { code: 1, errors: /Error: in the call/ },
  stopped: { code: 0, errors: /^$/ },
  'stopped in the call': { code: 0, errors: /^$/ },
  judged: { code: 0, errors: /^$/ },
};

describe('a program with a place that is waited for', { concurrency: 2 }, () => {
  for (const [ending, { code, errors }] of Object.entries(endings)) {
    test(`ends as it would without: ${ending}`, async () => {
      const ended = await run('endings.mjs', [ending]);
      assert.equal(ended.code, code, ended.errors);
      assert.equal(ended.output, `exit ${code}\n`);
      assert.match(ended.errors, errors);
      assert.doesNotMatch(ended.errors, /debugger/i);
    });
  }
});
