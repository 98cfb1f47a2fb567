/**
 * What it costs to get a function into a thread, by its kind: exported or inline, new or known, with 0, 3 and 20
 * captured variables; the same in a program of 2,000 modules, as it is and after `pool.start()`; and whether the
 * program's own code, awaits included, runs slower afterwards.
 *
 * `npm run bench:callable -w @heddle/bench -- --version 24` for one Node version only; they are fetched where they
 * are not there. `-- --smoke` only shows that everything works, `--node` says in which binary.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchNode } from '../scripts/node-binary.ts';
import { writeManyModules } from './callable/many-modules.mjs';
import { median } from './statistics.mjs';
import { environment } from './report/environment.ts';
import { save } from './report/save.ts';

interface Result {
  readonly node: string;
  readonly [figure: string]: number | string;
}

/** What a row shows, in which figure of the program it is, and what it is counted in. */
type Row = readonly [what: string, figure: string, unit: string];

const { values } = parseArgs({
  options: {
    version: { type: 'string', multiple: true, default: ['20.19.0', '22', '24', '26'] },
    rounds: { type: 'string', default: '2000' },
    smoke: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
  },
});
const { smoke } = values;
const PROCESSES = smoke ? 1 : 5;
const MODULES = smoke ? 100 : 2000;
const ROUNDS = smoke ? '20' : values.rounds;

const small: Result[] = [];
const big: Result[] = [];
const bigStarted: Result[] = [];
const modules = mkdtempSync(path.join(tmpdir(), 'heddle-bench-'));
writeManyModules(modules, MODULES);
try {
  for (const node of smoke ? [values.node] : values.version.map(fetchNode)) {
    small.push(run(node, 'program.mjs', ROUNDS));
    big.push(run(node, 'big-program.mjs', modules));
    bigStarted.push(run(node, 'big-program.mjs', modules, 'start'));
  }
} finally {
  rmSync(modules, { recursive: true });
}

const rows: readonly Row[] = [
  ['the first call in the process, thread included', 'firstInProcess', 'µs'],
  ['a new exported function', 'newExported', 'µs'],
  ['the first inline function', 'firstInline', 'µs'],
  ['a new inline function', 'newInline', 'µs'],
  ['a known exported function, round trip', 'exportedRoundTrip', 'µs'],
  ['a known inline function, 0 variables, round trip', 'inline0RoundTrip', 'µs'],
  ['a known inline function, 3 variables, round trip', 'inline3RoundTrip', 'µs'],
  ['a known inline function, 20 variables, round trip', 'inline20RoundTrip', 'µs'],
  ['a known exported function, on the loop', 'exportedOnLoop', 'µs'],
  ['what inline costs more, 0 variables, on the loop', 'inline0OverExported', 'µs'],
  ['what inline costs more, 3 variables, on the loop', 'inline3OverExported', 'µs'],
  ['what inline costs more, 20 variables, on the loop', 'inline20OverExported', 'µs'],
  ['exported, of 50 calls in a turn, one', 'exportedInBurst', 'µs'],
  ['what inline costs more there, 0 variables', 'inline0BurstOverExported', 'µs'],
  ['what inline costs more there, 3 variables', 'inline3BurstOverExported', 'µs'],
  ['what inline costs more there, 20 variables', 'inline20BurstOverExported', 'µs'],
  ['20,000 awaits before the first call, fastest of 60', 'awaitsBefore', 'ms'],
  ['20,000 awaits at the end, fastest of 60', 'awaitsAfter', 'ms'],
];
const startRow: Row = ['`pool.start()`', 'start', 'µs'];
const bigRows: readonly Row[] = [
  ['the first call', 'first', 'µs'],
  ['… of which on the loop', 'firstOnLoop', 'µs'],
  ['the first inline function', 'firstInline', 'µs'],
  ['… of which on the loop', 'firstInlineOnLoop', 'µs'],
  ['a new exported function', 'newExported', 'µs'],
  ['… of which on the loop', 'newExportedOnLoop', 'µs'],
  ['a new inline function', 'newInline', 'µs'],
  ['… of which on the loop', 'newInlineOnLoop', 'µs'],
  ['a known exported function', 'known', 'µs'],
  ['20,000 awaits before the first call, fastest of 60', 'awaitsBefore', 'ms'],
  ['20,000 awaits at the end, fastest of 60', 'awaitsAfter', 'ms'],
  ['a loop of plain code before the first call, fastest of 60', 'codeBefore', 'ms'],
  ['the same at the end, fastest of 60', 'codeAfter', 'ms'],
];

const report = `# Getting a function into a thread

${table(rows, small)}

The median of ${PROCESSES} processes, and within each of its calls. Each inline call has a closure of its own, made anew. The kinds
take turns within one process, and what inline costs more is the median of the differences within the same round.

## In a program of 2,000 modules

18 MB of source, half of it ES modules, half CommonJS. The functions are exported by 42 of the modules, or written
inline there. The thread is up before the first call.

${table(bigRows, big)}

The same after \`pool.start()\`:

${table([startRow, ...bigRows], bigStarted)}
`;
console.log(report);

if (!smoke) {
  const measured = environment();
  const page = `${report}
${measured.platform}, ${measured.cores} cores, ${measured.date.slice(0, 10)}. Written by \`npm run bench:callable\`.
`;
  save('callable', { environment: measured, results: small, big, bigStarted }, page);
}

/** Each process has but one first call, so there are several processes; of each figure the median. */
function run(node: string, program: string, ...args: readonly string[]): Result {
  const file = fileURLToPath(new URL(`./callable/${program}`, import.meta.url));
  const results = Array.from({ length: PROCESSES }, () => {
    return JSON.parse(execFileSync(node, [file, ...args], { encoding: 'utf8' })) as Result;
  });
  const [{ node: version, ...figures }] = results as [Result, ...Result[]];
  const medians = Object.keys(figures).map((figure) => [figure, median(results.map((one) => one[figure] as number))]);
  return { node: version, ...Object.fromEntries(medians) } as Result;
}

function table(lines: readonly Row[], results: readonly Result[]): string {
  return [
    `| median | ${results.map(({ node }) => node).join(' | ')} |`,
    `|---|${results.map(() => '---:').join('|')}|`,
    ...lines.map(([what, figure, unit]) => {
      const cells = results.map((result) => `${(result[figure] as number).toFixed(unit === 'ms' ? 2 : 1)} ${unit}`);
      return `| ${what} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
