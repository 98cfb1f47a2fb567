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

/** Runs code that imports parts of the benches. */
function evaluate(code: string): { status: number | null; output: string } {
  return run('--input-type=module', '--eval', code);
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

  test('a peer that is not there is refused by its name, with those that are', () => {
    const { status, output } = run('run.ts', '--smoke', '--only', 'pisicna');
    assert.equal(status, 1, output);
    assert.match(output, /--only takes one of Heddle, piscina, .*Twisted, not 'pisicna'/);
  });

  test('a peer that has missed a round is compared in none, and neither is what Heddle has missed', () => {
    const { status, output } = evaluate(`
      import { resultsOf } from './results.ts';
      import { fieldTable } from './report/field-table.ts';
      import { targetTable } from './report/target-table.ts';
      const target = { kind: 'times', than: ['piscina'], atLeast: 1 };
      const measure = { name: 'calls', figures: { one: { title: 'one', unit: 'ms', better: 'less', target } } };
      const all = ['Heddle', 'piscina', 'tinypool'].map((name) => ({ name, version: '1' }));
      for (const missing of ['piscina', 'Heddle']) {
        const measured = [1, 10].flatMap((one, round) =>
          all.map(({ name: peer }) => {
            return { round, peer, measure, answer: peer === missing && round === 0 ? { reason: 'it was busy' } : { one } };
          }),
        );
        const results = resultsOf(measured, all, { environment: { node: 'v24.0.0' }, rounds: 2, slice: 1, remarks: [] });
        console.log(fieldTable(results));
        console.log(targetTable([results]));
      }
    `);
    assert.equal(status, 0, output);
    const rows = output.split('\n').filter((line) => line.startsWith('| one'));
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    );
    assert.deepEqual(cells, [
      ['5.50', '—', '5.50 (1.00×)'],
      ['no worse than piscina', '—'],
      ['—', '5.50', '5.50'],
      ['no worse than piscina', '—'],
    ]);
    assert.match(output, /- piscina, where it has no figure: it was busy\./);
  });

  test('what a peer prints instead of an answer is told with its name, and one that has ended by itself is not waited for', () => {
    const { status, output } = evaluate(`
      import { MeasuringProcess } from './process/measuring-process.ts';
      const question = { measure: 'calls', milliseconds: 1, smoke: true };
      for (const line of ['Deprecated!', '{"one":null}', '{"one":1}']) {
        const peer = new MeasuringProcess('piscina', process.execPath, ['--eval', 'console.log(process.argv[1])', line]);
        console.log(await peer.ask(question).catch(({ message }) => message));
        await peer.line();
        await peer.end();
      }
      console.log('over');
    `);
    assert.equal(status, 0, output);
    assert.deepEqual(output.trim().split('\n'), [
      'piscina gave no answer in calls, but: Deprecated!',
      'piscina gave no answer in calls, but: {"one":null}',
      '{ one: 1 }',
      'over',
    ]);
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
