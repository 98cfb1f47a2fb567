import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { writeDocumentedExamples } from './documented-examples.ts';

const { project, examples, mistakes } = writeDocumentedExamples();

const compiler = path.join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const compilation = spawnSync(process.execPath, [compiler, '-p', project], { cwd: repositoryRoot, encoding: 'utf8' });

test('every example is a fence that can be taken out and run', () => {
  assert.deepEqual(mistakes, []);
});

test('the compiler accepts every documented example', () => {
  assert.ok(examples.length > 0, 'no example was found');
  assert.equal(compilation.stdout + compilation.stderr, '');
  assert.equal(compilation.status, 0);
});

// What an example marked no-run says was checked by the compiler above.
for (const { place, program, prints } of examples.filter(({ noRun }) => noRun === undefined)) {
  test(`the example at ${place} runs`, () => {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program], {
      cwd: path.dirname(program),
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(status, 0, `it ended with ${signal ?? status}:\n${stderr}`);
    if (prints.length > 0) assert.deepEqual(stdout.trimEnd().split('\n'), prints);
  });
}
