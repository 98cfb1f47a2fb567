import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify, stripVTControlCharacters } from 'node:util';
import { HANGS_MS } from './support/hangs.ts';
import { missingHere } from './support/missing-here.ts';
import { doctor, packageRoot } from './support/paths.ts';

const skip = missingHere('script (util-linux), which makes a pseudo-terminal', hasScript());
const program = path.join(packageRoot, 'test/fixtures/killed.cjs');
const ESCAPE = '\u001b[';

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

/** What the doctor shows in a terminal that is so wide. */
async function shown(columns: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const quoted = [process.execPath, doctor, '--no-judge', '--', process.execPath, program, 'SIGTERM']
    .map((word) => `'${word}'`)
    .join(' ');
  const { stdout } = await promisify(execFile)('script', ['-qc', `stty cols ${columns}; ${quoted}`, '/dev/null'], {
    timeout: HANGS_MS,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_TEST_CONTEXT: undefined,
      TERM: 'xterm-256color',
      FORCE_COLOR: undefined,
      NO_COLOR: undefined,
      CI: undefined,
      ...env,
    },
  });
  const report = stdout.slice(stdout.indexOf('heddle doctor:') - 10).replaceAll('\r', '');
  assert.match(report, /compute/);
  return report;
}

describe('the report in a terminal', { skip, concurrency: 2 }, () => {
  for (const columns of [40, 80]) {
    test(`has no line of more than ${columns} characters where there are so many`, async () => {
      const text = await shown(columns);
      assert.ok(text.includes(ESCAPE));
      const report = stripVTControlCharacters(text).slice(stripVTControlCharacters(text).indexOf('heddle doctor:'));
      for (const line of report.split('\n')) assert.ok(line.length <= columns, line);
    });
  }

  test('is 80 characters wide in a terminal that has not been told its size', async () => {
    assert.match(stripVTControlCharacters(await shown(0)), /^ +total +longest +count +place$/m);
  });

  test('has no colours where NO_COLOR is set', async () => {
    assert.ok(!(await shown(80, { NO_COLOR: '1' })).includes(ESCAPE));
  });
});
