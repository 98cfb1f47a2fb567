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

const page = readFileSync(path.join(repositoryRoot, 'docs/guide/what-can-be-deferred.md'), 'utf8');
const [, generated = ''] = page.split(/<!-- matrix:\w+.* -->/);
const folder = path.join(repositoryRoot, 'matrix/results');
const results = readdirSync(folder).map(
  (file): RunnerResult => JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
);

// Read from the page alone, as its readers do: numbered kinds, the table's lines, the notes under it.
const kinds = [...generated.matchAll(/^\d+\. (?<kind>.+)$/gm)].map(({ groups }) => String(groups?.['kind']));
const notes = new Map(
  [...generated.matchAll(/^- \*\*(n\d+)\*\* (.+)$/gm)].map(([, label, text = '']) => [label, text]),
);
const lines = generated
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| runner'))
  .map((line) => {
    const [name = '', versions = '', ...cells] = line.slice(2, -2).split(' | ');
    const [, nodes] = /Node (.+)$/.exec(versions) ?? [];
    const ranOn: readonly (string | undefined)[] = nodes?.split(', ') ?? [undefined];
    return { name, versions, nodes: ranOn, cells };
  });

test('the table of runners has no blank cell, no note that it does not explain, and none that nobody needs', () => {
  assert.ok(lines.length > 0 && kinds.length > 0);
  for (const { name, versions, cells } of lines) {
    assert.ok(versions, `${name} has its versions`);
    assert.equal(cells.length, kinds.length, `${name}, ${versions}`);
    for (const cell of cells) assert.ok(cell === '✓' || notes.has(cell), `${name}, ${versions}: '${cell}'`);
  }
  const used = new Set(lines.flatMap(({ cells }) => cells));
  assert.deepEqual(
    [...notes.keys()].filter((note) => !used.has(String(note))),
    [],
  );
  for (const [note, text] of notes) assert.match(text, /\.$/, `${note} is a whole sentence`);
});

test('the table of runners says what the committed results say', () => {
  for (const { name, tool, version, rows } of results) {
    for (const { node, outcomes } of rows) {
      const at = `${name}, ${node ?? version}`;
      const [line, ...others] = lines.filter((one) => one.name === name && one.nodes.includes(node?.slice(1)));
      assert.ok(line !== undefined && others.length === 0, `${at} is in one line`);
      if (version !== undefined) assert.ok(line.versions.startsWith(`${tool} ${version}`), at);
      assert.deepEqual(Object.keys(outcomes), kinds, at);
      for (const [index, kind] of kinds.entries()) {
        assert.equal(codeOf(notes.get(line.cells[index])), codeOf(outcomes[kind]), `${at}: ${kind}`);
      }
    }
  }
  const measured = results.flatMap(({ rows }) => rows).length;
  assert.equal(lines.flatMap(({ nodes }) => nodes).length, measured, 'there is no other line');
});

/** What a note and an outcome have in common: how it ended, and the code of the error. */
function codeOf(text: string | undefined): string {
  if (text === undefined || text === 'works') return 'works';
  const plain = text.replaceAll('\\', '');
  return [/^\w+/.exec(plain)?.[0], /\b(?:HEDDLE|ERR)_\w+/.exec(plain)?.[0]].join(' ');
}
