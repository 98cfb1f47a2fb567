import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot, repositoryRoot } from '../support/paths.ts';

test('the guide to what can be deferred lists every code of a refusal, and no other', () => {
  const source = readFileSync(path.join(packageRoot, 'src/threads/wire/errors/callable-error.ts'), 'utf8');
  const page = readFileSync(path.join(repositoryRoot, 'docs/guide/what-can-be-deferred.md'), 'utf8');
  const codes = Array.from(source.matchAll(/^ {2}\| '(HEDDLE_\w+)'/gm), ([, code]) => code);
  const listed = Array.from(page.matchAll(/^\| `(HEDDLE_\w+)` \|/gm), ([, code]) => code);
  assert.notEqual(codes.length, 0);
  assert.deepEqual(listed.toSorted(), codes.toSorted());
});
