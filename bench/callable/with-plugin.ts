/**
 * What a call costs with the build plug-in: an exported function beside inline ones with 0, 3 and 20 captured
 * variables, whose addresses a build has written.
 *
 * `npm run bench:plugin -w @heddle/bench -- --node /path/to/node20 --node /path/to/node26` for several Node versions.
 * `--smoke` only shows that everything works.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import heddle from '@heddle/unplugin/esbuild';
import { build } from 'esbuild';
import { environment } from '../report/environment.ts';
import { save } from '../report/save.ts';

type Result = Readonly<Record<string, number>> & { readonly node: never };

const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '2000' },
    smoke: { type: 'boolean', default: false },
  },
});
const outdir = fileURLToPath(new URL('.with-plugin/', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('./with-plugin-program.mjs', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outdir,
  outExtension: { '.js': '.mjs' },
  external: ['heddle', 'heddle/*'],
  plugins: [heddle()],
});
// Code from texts is forbidden: what has no address would fail rather than be measured.
const program = [
  '--disallow-code-generation-from-strings',
  `${outdir}with-plugin-program.mjs`,
  values.smoke ? '20' : values.rounds,
];
const results = (values.node ?? [process.execPath]).map(
  (node) => JSON.parse(execFileSync(node, program, { encoding: 'utf8' })) as Result,
);
rmSync(outdir, { recursive: true });

const rows: readonly (readonly [what: string, figure: string])[] = [
  ['exported, round trip', 'exportedRoundTrip'],
  ['inline with the plug-in, 0 variables, round trip', 'inline0RoundTrip'],
  ['inline with the plug-in, 3 variables, round trip', 'inline3RoundTrip'],
  ['inline with the plug-in, 20 variables, round trip', 'inline20RoundTrip'],
  ['exported, of 50 calls in a turn, one', 'exportedInBurst'],
  ['inline with the plug-in, 0 variables, of 50 calls in a turn, one', 'inline0InBurst'],
  ['inline with the plug-in, 3 variables, of 50 calls in a turn, one', 'inline3InBurst'],
  ['inline with the plug-in, 20 variables, of 50 calls in a turn, one', 'inline20InBurst'],
];
const table = [
  `| median, µs | ${results.map(({ node }) => node).join(' | ')} |`,
  `|---|${results.map(() => '---:').join('|')}|`,
  ...rows.map(([what, figure]) => `| ${what} | ${results.map((result) => result[figure]?.toFixed(1)).join(' | ')} |`),
].join('\n');
console.log(table);

if (!values.smoke) {
  const measured = environment();
  const page = `# Calls with the build plug-in

${table}

Each inline call has a closure of its own, made anew. The kinds take turns within one process.

${measured.platform}, ${measured.cores} cores, ${measured.date.slice(0, 10)}. Written by \`npm run bench:plugin\`.
`;
  save('callable-with-plugin', { environment: measured, results }, page);
}
