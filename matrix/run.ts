// npm run test:matrix [-- part of a runner's name]... [--smoke] [--skip-install]
// Tries each kind of function under each runner and bundler, and writes results/ and the guide's table.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchNode } from '../scripts/node-binary.ts';
import { execute, npm } from './command.ts';
import { type Row, kinds } from './results.ts';
import { writePage } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, 'skip-install': { type: 'boolean', default: false } },
});
// Not `npm ci`: it insists on entries for the binaries of all other platforms, which not every registry gives.
if (!values['skip-install']) npm(['install', '--no-save', '--silent', '--no-audit', '--no-fund'], import.meta.dirname);
// Only now, since these import what was just installed.
const { here, layOut, prepare, work } = await import('./prepare.ts');
prepare();
const { runners } = await import('./runners.ts');

const chosen = runners
  .filter(({ smoke }) => !values.smoke || smoke)
  .filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)));
let unexpected = 0;
for (const runner of chosen) {
  const slug = runner.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const folder = layOut(runner.folder ?? slug, runner.variant);
  let broken: string | undefined;
  try {
    await runner.build?.(folder);
  } catch (error) {
    broken = `does not build: ${firstLine(error instanceof Error ? error.message : String(error))}`;
  }
  const nodes = values.smoke
    ? runner.nodes.slice(-2, -1).concat(runner.nodes.length === 1 ? runner.nodes : [])
    : runner.nodes;
  const rows: Row[] = [];
  for (const version of nodes.length === 0 ? [undefined] : nodes) {
    const binary = version === undefined ? process.execPath : fetchNode(version);
    rows.push(await tryOut(runner, folder, slug, version, binary, broken));
  }
  const file = path.join(here, 'results', `${slug}.json`);
  if (values.smoke) {
    const known: Row[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
    for (const row of rows)
      unexpected += compare(
        row,
        known.find(({ node }) => major(node) === major(row.node)),
      );
  } else {
    mkdirSync(path.dirname(file), { recursive: true });
    const version = runner.tool === undefined ? undefined : versionOf(runner.tool);
    const result = { name: runner.name, order: runners.indexOf(runner), tool: runner.tool, version, rows };
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  }
}
if (!values.smoke) writePage();
process.exitCode = unexpected === 0 ? 0 : 1;

async function tryOut(
  runner: (typeof runners)[number],
  folder: string,
  slug: string,
  version: string | undefined,
  binary: string,
  broken: string | undefined,
): Promise<Row> {
  const file = path.join(work, `${slug}.${version ?? 'own'}.jsonl`);
  rmSync(file, { force: true });
  const extension = runner.variant === 'ts' && !runner.name.startsWith('node, ES') ? 'ts' : 'js';
  // A thread on Node 20 has no loader for TypeScript without tsx; `threadFunction` is told the file as it is.
  const env = {
    ...process.env,
    ...runner.env,
    MATRIX_RESULTS: file,
    MATRIX_WORK: path.join(folder, `work.${extension}`),
    NO_COLOR: '1',
  };
  const { status, output } =
    broken === undefined ? execute(runner.command(binary, folder), folder, env) : { status: 1, output: '' };
  const outcomes: Record<string, string> = {};
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const { kind, outcome } = JSON.parse(line) as { kind: string; outcome: string };
      outcomes[kind] = clean(outcome);
    }
  }
  const otherwise = broken ?? `fails: the program ended (exit ${status ?? 'by force'}): ${firstLine(output)}`;
  for (const kind of kinds) outcomes[kind] ??= clean(otherwise);
  const node = version === undefined ? undefined : execute([binary, '--version'], here, process.env).output.trim();
  const works = kinds.filter((kind) => outcomes[kind] === 'works').length;
  console.log(`${runner.name}${node === undefined ? '' : `, Node ${node}`}: ${works} of ${kinds.length} work`);
  return { node, outcomes };
}

function compare(row: Row, known: Row | undefined): number {
  let different = 0;
  for (const kind of kinds) {
    if (row.outcomes[kind] === known?.outcomes[kind]) continue;
    different += 1;
    console.error(
      `  ${kind}: ${row.outcomes[kind]}, and the committed table says ${known?.outcomes[kind] ?? 'nothing'}`,
    );
  }
  return different;
}

function major(node: string | undefined): string | undefined {
  return node?.split('.')[0];
}

function versionOf(tool: string): string {
  return JSON.parse(readFileSync(path.join(here, 'node_modules', tool, 'package.json'), 'utf8')).version;
}

// Results are committed: they name no folder of this machine.
function clean(text: string): string {
  return text.replaceAll(work, '…').replaceAll(path.dirname(here), '…').slice(0, 160);
}

function firstLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /error|not |cannot/i.test(line) && !line.startsWith('at ')) ??
    lines.find(Boolean) ??
    'it said nothing'
  );
}
