import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results.ts';
import { fieldTable } from './field-table.ts';
import { resultsFolder, save } from './save.ts';
import { speedTable } from './speed-table.ts';
import { targetTable } from './target-table.ts';

/** A page that shows between two comments what the result files say. */
interface ShownTable {
  readonly page: string;
  readonly name: string;
  readonly table: (all: readonly Results[]) => string;
}

const pageOf = (place: string): string => fileURLToPath(new URL(place, import.meta.url));

const shownTables: readonly ShownTable[] = [
  { page: pageOf('../README.md'), name: 'targets', table: targetTable },
  { page: pageOf('../../docs/guide/coming-from-other-pools.md'), name: 'speeds', table: speedTable },
];

/** Writes `results/threads-node-24.json`, its tables beside it, and the tables that other pages show. */
export function writeResults(results: Results): string[] {
  const [major] = results.environment.node.slice(1).split('.');
  const files = save(`threads-node-${major}`, results, tablesOf(results));
  const all = committedResults(resultsFolder).map(([, one]) => one);
  for (const { page, before, after } of shownPages(all)) if (after !== before) writeFileSync(page, after);
  return [...files, ...shownTables.map(({ page }) => page)];
}

/** The pages that show results: what is in them, and what should be. */
export function shownPages(
  all: readonly Results[],
): { readonly page: string; readonly before: string; readonly after: string }[] {
  return shownTables.map(({ page, name, table }) => {
    const before = readFileSync(page, 'utf8');
    const begin = `<!-- ${name}: written by npm run bench -->`;
    const end = `<!-- end of ${name} -->`;
    const [start, , rest] = before.split(new RegExp(`${begin}|${end}`));
    return { page, before, after: `${start}${begin}\n\n${table(all)}\n\n${end}${rest}` };
  });
}

/** The result files of a folder and what they say, that of the newest Node first. */
export function committedResults(folder: string): (readonly [file: string, results: Results])[] {
  return globSync('threads-node-*.json', { cwd: folder })
    .sort()
    .reverse()
    .map((file) => [file, JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Results]);
}

/** The page that is written beside a result file. */
export function tablesOf(results: Results): string {
  const { environment, peers, rounds, slice, remarks } = results;
  const versions = peers
    .filter(({ version }) => version !== '')
    .map(({ name, version }) => (version.startsWith(name) ? version : `${name} ${version}`));
  const load = environment.load === undefined ? '' : ` with a load of ${environment.load} before the run`;
  return `# Calls to threads: Heddle and its peers on Node ${environment.node.slice(1)}

${targetTable([results])}

The median of the rounds, and in brackets the least and the largest. Ratios are taken inside a round.

${fieldTable(results)}

In brackets: how many times better Heddle is, below 1 how many times worse.

${[
  `${versions.join(', ')}; ${environment.platform}, ${environment.cores} cores${load}, ${environment.date.slice(0, 10)}.`,
  `${rounds} rounds; in each every peer is kept busy for ${slice} ms at a time, in a process of its own that was warmed up before, and in rotated order.`,
  'MessagePort is no library, but bare workers with one message each way.',
  ...remarks,
  'Written by `npm run bench`.',
].join('\n')}
`;
}
