import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { notInThisNode } from '../support/skip.ts';
import { HANGS_MS } from '../support/hangs.ts';

// There are 78,498 primes below a million, and the example adds ten.
const line = (name: string): RegExp =>
  new RegExp(`^${name}: 78508; meanwhile the event loop turned (\\d+) times$`, 'm');

for (const file of ['main.js', 'single-file.mjs', 'single-file.cjs', 'single-file.ts']) {
  const skip = file.endsWith('.ts') ? notInThisNode('running TypeScript without a flag') : false;

  describe(`the blog example, ${file}`, { skip }, () => {
    let output = '';

    before(() => {
      const program = path.join(repositoryRoot, 'examples', 'blog', file);
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program], {
        encoding: 'utf8',
        timeout: HANGS_MS,
      });
      assert.equal(status, 0, `it ended with ${signal ?? status}:\n${stderr}`);
      assert.equal(stderr.replaceAll(/^.*ExperimentalWarning: Type Stripping.*\n.*trace-warnings.*\n/gm, ''), '');
      output = stdout;
    });

    test('blocking code answers after the loop has stood still', () => {
      assert.equal(line('blocking').exec(output)?.[1], '0', output);
    });

    test('the same code in a thread gives the same answer while the loop turns', () => {
      const turns = line('not blocking').exec(output)?.[1];
      assert.ok(Number(turns) > 0, output);
    });
  });
}
