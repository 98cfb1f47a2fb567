/**
 * What it costs to get a function into a thread, by its kind: exported or inline, new or known, with 0, 3
 * and 20 captured variables; and whether the program's own awaits run slower afterwards.
 *
 * `npm run bench:callable -w @heddle/bench -- --node /path/to/node20 --node /path/to/node26` for several Node
 * versions; without `--node` the Node that runs this script.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from './report/environment.ts';

type Result = Readonly<Record<string, number>> & { readonly node: never };

const { values } = parseArgs({
  options: { node: { type: 'string', multiple: true }, rounds: { type: 'string', default: '2000' } },
});
const program = fileURLToPath(new URL('./callable/program.mjs', import.meta.url));
const results: Result[] = [];
for (const node of values.node ?? [process.execPath]) {
  results.push(JSON.parse(execFileSync(node, [program, values.rounds], { encoding: 'utf8' })) as Result);
}

/** What each row shows, and in which figure of the program it is. */
const rows: readonly (readonly [what: string, figure: string, unit: string])[] = [
  ['the first call in the process, thread included', 'firstInProcess', 'µs'],
  ['a new exported function', 'newExported', 'µs'],
  ['the first inline function', 'firstInline', 'µs'],
  ['a new inline function', 'newInline', 'µs'],
  ['a known exported function, round trip', 'exportedRoundTrip', 'µs'],
  ['a known inline function, 0 variables, round trip', 'inline0RoundTrip', 'µs'],
  ['a known inline function, 3 variables, round trip', 'inline3RoundTrip', 'µs'],
  ['a known inline function, 20 variables, round trip', 'inline20RoundTrip', 'µs'],
  ['exported, of 50 calls in a turn, one', 'exportedInBurst', 'µs'],
  ['inline, 0 variables, of 50 calls in a turn, one', 'inline0InBurst', 'µs'],
  ['inline, 3 variables, of 50 calls in a turn, one', 'inline3InBurst', 'µs'],
  ['inline, 20 variables, of 50 calls in a turn, one', 'inline20InBurst', 'µs'],
  ['200,000 awaits before the first call', 'awaitsBefore', 'ms'],
  ['200,000 awaits at the end', 'awaitsAfter', 'ms'],
];
const table = [
  `| median | ${results.map(({ node }) => node).join(' | ')} |`,
  `|---|${results.map(() => '---:').join('|')}|`,
  ...rows.map(([what, figure, unit]) => {
    const cells = results.map((result) => `${result[figure]?.toFixed(1)} ${unit}`);
    return `| ${what} | ${cells.join(' | ')} |`;
  }),
].join('\n');
console.log(table);

const folder = new URL('./results/', import.meta.url);
const measured = environment();
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('callable.json', folder), `${JSON.stringify({ environment: measured, results }, null, 2)}\n`);
writeFileSync(
  new URL('callable.md', folder),
  `# Getting a function into a thread

${table}

Each inline call has a closure of its own, made anew. The kinds take turns within one process.

${measured.platform}, ${measured.cores} cores, ${measured.date.slice(0, 10)}. Written by \`npm run bench:callable\`.
`,
);
