// Defers functions of many npm packages and compares the results with inline calls (matrix/corpus). The packages are
// no dependencies of the workspace: they are installed here, and Heddle beside them as its users would have it.
//
//   node scripts/test-corpus.ts [--node /path/to/node] [--update]
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './command.ts';
import { root } from './workspace.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    update: { type: 'boolean', default: false },
  },
});

const folder = path.join(root, 'matrix', 'corpus');
const temporary = mkdtempSync(path.join(tmpdir(), 'heddle-corpus-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));

run('npm', ['pack', '--silent', '-w', 'heddle', '--pack-destination', temporary], { stdio: 'ignore' });
const [tarball = ''] = readdirSync(temporary);
run('npm', ['ci', '--silent'], { cwd: folder });
run('npm', ['install', '--silent', '--no-save', '--no-package-lock', path.join(temporary, tarball)], { cwd: folder });
run(values.node, ['--test', '--test-reporter=spec', 'corpus.test.js'], {
  cwd: folder,
  env: { ...process.env, ...(values.update ? { HEDDLE_UPDATE_CORPUS: '1' } : {}) },
});
