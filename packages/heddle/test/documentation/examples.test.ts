import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { writeDocumentedExamples } from './documented-examples.ts';

const { project, examples, mistakes } = writeDocumentedExamples();

const compiler = path.join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const compilation = spawnSync(process.execPath, [compiler, '-p', project], { cwd: repositoryRoot, encoding: 'utf8' });

// An example that shows how a file is written leaves it behind.
const temporary = mkdtempSync(path.join(tmpdir(), 'heddle-examples-'));
after(() => rmSync(temporary, { recursive: true }));
const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };

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
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(status, 0, `it ended with ${signal ?? status}:\n${stderr}`);
    if (prints.length > 0) assert.deepEqual(stdout.trimEnd().split('\n'), prints);
  });
}
