import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { missingHere } from '../support/skip.ts';

const bench = path.join(repositoryRoot, 'bench');
/** The benches are TypeScript, and so run on this Node; what they measure is the Node of this test. */
const node = path.join(repositoryRoot, 'node_modules/node/bin/node');

function run(...args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: bench, encoding: 'utf8', timeout: 240_000 });
  return { status, output: stdout + stderr };
}

describe('the benches', () => {
  test('every measure has a figure of Heddle, and every peer an answer', () => {
    const { status, output } = run('run.ts', '--smoke', '--node', process.execPath);
    assert.equal(status, 0, output);
    const [, figures, all] = /(\d+) of (\d+) figures/.exec(output) ?? [];
    assert.ok(figures !== undefined && figures === all, output);
  });

  const hasTwisted = spawnSync('/usr/bin/python3', ['-c', 'import twisted']).status === 0;

  test("Twisted's deferToThread is among the peers", {
    skip: missingHere('Twisted (python3-twisted)', hasTwisted),
  }, () => {
    const { status, output } = run('run.ts', '--smoke', '--only', 'Twisted');
    assert.equal(status, 0, output);
    assert.match(output, /from Heddle, Twisted$/m);
  });

  for (const program of ['callable.ts', 'callable/with-plugin.ts', 'copied-memory/run.ts', 'deferred/run.ts']) {
    test(`${program} runs and prints its table`, () => {
      const { status, output } = run(program, '--smoke', '--node', process.execPath);
      assert.equal(status, 0, output);
      assert.match(output, /^\|.*\|$/m);
      assert.doesNotMatch(output, /NaN|undefined/);
    });
  }
});

describe('the results of the bench', () => {
  test('every file can be read, and the pages show what it says', () => {
    const { status, output } = run('report/check.ts');
    assert.equal(status, 0, output);
  });

  test('the guide to finding what blocks shows what the results say', (t) => {
    const { status, output } = run('stories/check.ts');
    assert.equal(status, 0, output);
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const page = readFileSync(path.join(repositoryRoot, 'docs/guide/finding-what-blocks.md'), 'utf8');
    const other = path.join(folder, 'page.md');
    writeFileSync(other, page.replace(/\d+ ms \|/, '1,234,567 ms |'));
    assert.equal(run('stories/check.ts', other).status, 1);
  });

  test('a result that does not follow from its rounds is told', (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
    t.after(() => rmSync(folder, { recursive: true }));
    cpSync(path.join(bench, 'results'), folder, { recursive: true });
    const file = readdirSync(folder).find((name) => /^threads-node-.*json$/.test(name)) ?? '';
    const text = readFileSync(path.join(folder, file), 'utf8');
    const results = JSON.parse(text) as { figures: { name: string; peers: Record<string, { rounds: number[] }> }[] };
    const [figure] = results.figures;
    figure?.peers['Heddle']?.rounds.fill(1);
    writeFileSync(path.join(folder, file), JSON.stringify(results));
    const { status, output } = run('report/check.ts', folder);
    assert.equal(status, 1);
    assert.equal(output.trim(), `${file}: ${figure?.name}: Heddle's value is not the median of its rounds`);
  });
});
