import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results.ts';
import { fieldTable } from './field-table.ts';
import { targetTable } from './target-table.ts';

const folder = new URL('../results/', import.meta.url);
const page = new URL('../README.md', import.meta.url);

/** Writes `results/threads-node-24.json`, its tables beside it, and the table of targets in the bench's README. */
export function writeResults(results: Results): string[] {
  mkdirSync(folder, { recursive: true });
  const [major] = results.environment.node.slice(1).split('.');
  const json = new URL(`threads-node-${major}.json`, folder);
  const markdown = new URL(`threads-node-${major}.md`, folder);
  writeFileSync(json, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(markdown, tablesOf(results));
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), committedResults()));
  return [json, markdown, page].map((url) => fileURLToPath(url));
}

/** What is in the result files, that of the newest Node first. */
export function committedResults(): Results[] {
  return globSync('threads-node-*.json', { cwd: fileURLToPath(folder) })
    .sort()
    .reverse()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Results);
}

/** The page that is written beside a result file. */
export function tablesOf(results: Results): string {
  const { environment, peers, rounds, slice, remarks } = results;
  const versions = peers
    .filter(({ version }) => version !== '')
    .map(({ name, version }) => (version.startsWith(name) ? version : `${name} ${version}`));
  return `# Calls to threads: Heddle and its peers on Node ${environment.node.slice(1)}

${targetTable([results])}

The median of the rounds, and in brackets the least and the largest. Ratios are taken inside a round.

${fieldTable(results)}

In brackets: how many times better Heddle is, below 1 how many times worse.

${[
  `${versions.join(', ')}; ${environment.platform}, ${environment.cores} cores, ${environment.date.slice(0, 10)}.`,
  `${rounds} rounds; in each every peer is kept busy for ${slice} ms at a time, in a process of its own and in rotated order.`,
  'MessagePort is no library, but bare workers with one message each way.',
  ...remarks,
  'Written by `npm run bench`.',
].join('\n')}
`;
}

const BEGIN = '<!-- targets: written by npm run bench -->';
const END = '<!-- end of targets -->';

/** The README with the table of targets that the result files give. */
export function withTable(text: string, all: readonly Results[]): string {
  const [before, , after] = text.split(new RegExp(`${BEGIN}|${END}`));
  return `${before}${BEGIN}\n\n${targetTable(all)}\n\n${END}${after}`;
}
