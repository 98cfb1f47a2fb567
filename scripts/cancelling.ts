// What cancelling does to which kind of code, and in what time: runs each on several Node versions and writes the table
// in docs/guide/cancelling.md. The compiled tests hold the kinds; they check what the table says of them on every run.
//
//   npm run docs:cancelling
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchNode } from './node-binary.ts';
import { root } from './workspace.ts';

interface Observed {
  readonly fate: string;
  readonly milliseconds: number;
}

interface Row {
  readonly name: string;
  readonly fate: string;
}

const versions = ['20.19.0', '22', '24', '26'];
const folder = path.join(root, 'packages/heddle/build/test/threads/cancelling');
const page = path.join(root, 'docs/guide/cancelling.md');

const { cancelledWork } = (await import(path.join(folder, 'rows.js'))) as { cancelledWork: readonly Row[] };
const columns = versions.map((version) => {
  const output = execFileSync(fetchNode(version), [path.join(folder, 'observe.js')], { encoding: 'utf8' });
  return JSON.parse(output) as { version: string; observed: readonly (Observed | null)[] };
});

for (const { version, observed } of columns) {
  for (const [index, { name, fate }] of cancelledWork.entries()) {
    const seen = observed[index]?.fate ?? fate;
    if (seen !== fate) throw new Error(`On Node ${version}, ${name} ${seen} when its call is cancelled, not: ${fate}.`);
  }
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const rounded = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 1 : 0);
const table = [
  line(['work', 'a cancel', ...columns.map(({ version }) => `Node ${version}`)]),
  line(['---', '---', ...columns.map(() => '---:')]),
  ...cancelledWork.map(({ name, fate }, index) =>
    line([
      name,
      fate,
      ...columns.map(({ observed }) => (observed[index] ? rounded(observed[index].milliseconds) : '–')),
    ]),
  ),
];
const text = readFileSync(page, 'utf8');
const start = '<!-- cancelling -->\n';
const end = '<!-- /cancelling -->';
const [before, rest] = text.split(start) as [string, string];
writeFileSync(page, `${before}${start}${table.join('\n')}\n${end}${rest.split(end)[1]}`);
console.log(table.join('\n'));
