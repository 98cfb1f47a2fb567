import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { forms } from './forms.ts';
import { outcomeWords } from './outcome.ts';
import { rows } from './rows.ts';

// Written by npm run docs:who-blocks, which takes minutes.
const page = readFileSync(path.join(repositoryRoot, 'docs/reference/who-blocks.md'), 'utf8');
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('the table of who is named', () => {
  for (const form of forms) {
    const section = page.split('\n## ').find((text) => text.startsWith(`${form.title}\n`)) ?? '';
    const [header = [], , ...lines] = section
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cellsOf);

    test(`has all programs on all versions of Node: ${form.title}`, () => {
      assert.deepEqual(
        header.slice(1).map((title) => title.replace(/^(\d+)\..*:/, '$1:')),
        ['20', '22', '24', '26'].flatMap((version) => [`${version}: doctor`, 'watchLoop']),
      );
      assert.deepEqual(
        lines.map(([title]) => title),
        rows.map(({ title }) => title),
      );
    });

    for (const [index, version] of ['20', '22', '24', '26'].entries()) {
      const wanted = rows
        .map((row, line) => ({ row, cells: lines[line] ?? [] }))
        .filter(({ row }) => version !== '20' || row.isInNode20 !== false);
      const column = 1 + 2 * index;

      test(`the doctor names all of them on Node ${version}: ${form.title}`, () => {
        const outcomes = wanted.map(({ cells }) => cells[column]?.split(';')[0]);
        assert.deepEqual(
          outcomes,
          wanted.map(() => outcomeWords.named),
        );
      });

      test(`watchLoop names at least nine of them on Node ${version}, and has the others' durations: ${form.title}`, () => {
        const outcomes = wanted.map(({ cells }) => cells[column + 1]?.split(';')[0] ?? '');
        const named = outcomes.filter((outcome) => outcome === outcomeWords.named || outcome === outcomeWords.line);
        assert.ok(named.length >= 9, outcomes.join(', '));
        assert.ok(!outcomes.includes(outcomeWords.nothing) && !outcomes.includes(''), outcomes.join(', '));
      });
    }
  }
});
