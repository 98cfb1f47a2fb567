import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';

interface RunnerResult {
  readonly name: string;
  readonly tool?: string;
  readonly version?: string;
  readonly rows: readonly { readonly node?: string; readonly outcomes: Readonly<Record<string, string>> }[];
}

interface Named {
  readonly name: string | undefined;
  readonly versions: string | undefined;
}

const page = readFileSync(path.join(repositoryRoot, 'docs/guide/where-it-works.md'), 'utf8');
const folder = path.join(repositoryRoot, 'matrix/results');
const results = readdirSync(folder).map(
  (file): RunnerResult => JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
);

// Read from the page alone, as its readers do: numbered kinds, the table's lines, the notes under it.
const kinds = [...page.matchAll(/^\d+\. (?<kind>.+)$/gm)].map(({ groups }) => String(groups?.['kind']));
const notes = new Map(
  [...page.matchAll(/^- \*\*(n\d+)\*\* (.+)$/gm)].map(([, label, text]) => [label, unescaped(text)]),
);
const lines = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| runner'))
  .map((line) => line.slice(2, -2).split(' | '));

function unescaped(text = ''): string {
  return text.replaceAll('&#123;', '{').replaceAll('&lt;', '<').replaceAll('\\|', '|');
}

test('the table of runners has no blank cell, and no note that it does not explain', () => {
  assert.ok(lines.length > 0 && kinds.length > 0);
  for (const [name, versions, ...cells] of lines) {
    assert.ok(versions, `${name} has its versions`);
    assert.equal(cells.length, kinds.length, `${name}, ${versions}`);
    for (const cell of cells) assert.ok(cell === '✓' || notes.get(cell), `${name}, ${versions}: '${cell}'`);
  }
});

test('the table of runners says what the committed results say', () => {
  const shown = lines.map(([name, versions, ...cells]) => ({
    name,
    versions,
    outcomes: Object.fromEntries(
      kinds.map((kind, at) => [kind, cells[at] === '✓' ? 'works' : notes.get(String(cells[at]))]),
    ),
  }));
  const measured = results.flatMap(({ name, tool, version, rows }) =>
    rows.map(({ node, outcomes }) => {
      const versions = [node && `Node ${node.slice(1)}`, version && `${tool} ${version}`].filter(Boolean).join(', ');
      return { name, versions, outcomes: { ...outcomes } };
    }),
  );
  const inOrder = (a: Named, b: Named): number => `${a.name} ${a.versions}`.localeCompare(`${b.name} ${b.versions}`);
  assert.deepEqual(shown.sort(inOrder), measured.sort(inOrder));
});
