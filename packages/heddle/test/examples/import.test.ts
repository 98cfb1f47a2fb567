import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { notInThisNode } from '../support/skip.ts';
import { HANGS_MS } from '../support/hangs.ts';

const skip = notInThisNode('running TypeScript without a flag');

test('the import example shows its progress, imports all and serves the loop meanwhile', { skip }, () => {
  const program = path.join(repositoryRoot, 'examples/import/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '1000000'], {
    encoding: 'utf8',
    timeout: HANGS_MS,
  });
  assert.equal(status, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  const parts = lines.slice(0, -2).map((line) => Number(/^imported (\d+) %$/.exec(line)?.[1]));
  assert.deepEqual(
    parts,
    [...new Set(parts)].sort((one, other) => one - other),
  );
  assert.equal(parts.at(-1), 100);
  assert.equal(lines.at(-2), '999000 orders of 250 customers, 1000 lines were broken');
  const questions = /^meanwhile the loop answered (\d+) questions$/.exec(lines.at(-1) ?? '')?.[1];
  assert.ok(Number(questions) > 1, stdout);
});
