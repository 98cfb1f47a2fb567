// npm run test:matrix [-- part of a runner's name]... [--smoke] [--skip-install]
// Tries each kind of function under each runner and bundler, and writes results/ and the guide's table.
// With --smoke: some rows, which must be as they are in results/.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchNode } from '../scripts/node-binary.ts';
import { execute, npm } from './command.ts';
import { type Row, kinds } from './results.ts';
import type { Runner } from './runner.ts';
import { writeTable } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, 'skip-install': { type: 'boolean', default: false } },
});
// Not `npm ci`: it insists on entries for the binaries of all other platforms, which not every registry gives.
if (!values['skip-install']) npm(['install', '--no-save', '--silent', '--no-audit', '--no-fund'], import.meta.dirname);
// Only now, since these import what was just installed.
const { alone, here, layOut, prepare, work } = await import('./prepare.ts');
prepare();
const { smokeVersions } = await import('./runner.ts');
const { runners } = await import('./runners.ts');

const chosen = runners
  .filter(({ smoke }) => !values.smoke || smoke !== undefined)
  .filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)));
if (chosen.length === 0)
  throw new Error(`No runner${values.smoke ? ' of the smoke' : ''} has ${positionals.join(' or ')} in its name.`);
let different = 0;
for (const runner of chosen) different += await tryRunner(runner);
rmSync(alone, { recursive: true, force: true });
if (!values.smoke) {
  if (positionals.length === 0) forgetOthers();
  writeTable();
}
process.exitCode = different === 0 ? 0 : 1;

function slugOf({ name }: Runner): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Drops the results of what is not tried any more. */
function forgetOthers(): void {
  const tried = new Set(runners.map((runner) => `${slugOf(runner)}.json`));
  const folder = path.join(here, 'results');
  for (const file of readdirSync(folder)) if (!tried.has(file)) rmSync(path.join(folder, file));
}

/** @returns how many outcomes are not as committed, where that is asked */
async function tryRunner(runner: Runner): Promise<number> {
  const slug = slugOf(runner);
  const started = performance.now();
  const folder = layOut(runner.folder ?? slug, runner.variant, runner.type);
  let broken: string | undefined;
  try {
    await runner.build?.(folder);
  } catch (error) {
    broken = `does not build: ${errorLine(error instanceof Error ? error.message : String(error))}`;
  }
  const nodes = values.smoke ? smokeVersions(runner) : runner.nodes;
  const rows: Row[] = [];
  for (const version of nodes.length === 0 ? [undefined] : nodes) {
    const row = tryOut(runner, folder, slug, version, broken);
    rows.push(row);
    const works = kinds.filter((kind) => row.outcomes[kind] === 'works').length;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const where = row.node === undefined ? '' : `, Node ${row.node}`;
    console.log(`${runner.name}${where}: ${works} of ${kinds.length} work (${seconds} s)`);
  }
  const file = path.join(here, 'results', `${slug}.json`);
  if (values.smoke) {
    const known: Row[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
    return rows.reduce((sum, row) => sum + compare(row, known), 0);
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const version = runner.tool === undefined ? undefined : versionOf(runner.tool);
  const result = { name: runner.name, order: runners.indexOf(runner), tool: runner.tool, version, rows };
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return 0;
}

function tryOut(runner: Runner, folder: string, slug: string, version: string | undefined, broken?: string): Row {
  const file = path.join(work, `${slug}.${version ?? 'own'}.jsonl`);
  rmSync(file, { force: true });
  const env = {
    ...process.env,
    ...runner.env,
    MATRIX_RESULTS: file,
    MATRIX_WORK: path.join(folder, runner.work ?? (runner.variant === 'ts' ? 'work.ts' : 'work.js')),
    NO_COLOR: '1',
  };
  const binary = version === undefined ? process.execPath : fetchNode(version);
  const run = (): ReturnType<typeof execute> => execute(runner.command(binary, folder), folder, env);
  const { status, output } =
    broken === undefined ? (runner.isAlone ? withoutPackages(run) : run()) : { status: 1, output: '' };
  const outcomes: Record<string, string> = {};
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []) {
    const { kind, outcome } = JSON.parse(line) as { kind: string; outcome: string };
    if (!kinds.includes(kind)) throw new Error(`results.ts does not know the kind '${kind}'.`);
    outcomes[kind] = clean(outcome, folder);
  }
  const otherwise = broken ?? `fails: the program ended (exit ${status ?? 'by force'}): ${errorLine(output)}`;
  for (const kind of kinds) outcomes[kind] ??= clean(otherwise, folder);
  const node = version === undefined ? undefined : execute([binary, '--version'], here, process.env).output.trim();
  return { node, outcomes: Object.fromEntries(kinds.map((kind) => [kind, String(outcomes[kind])])) };
}

function withoutPackages<T>(act: () => T): T {
  const packages = path.join(work, 'node_modules');
  const away = path.join(work, 'packages-away');
  renameSync(packages, away);
  try {
    return act();
  } finally {
    renameSync(away, packages);
  }
}

function compare(row: Row, committed: readonly Row[]): number {
  const major = (node: string | undefined): string | undefined => node?.split('.')[0];
  const known = committed.find(({ node }) => major(node) === major(row.node));
  const different = kinds.filter((kind) => row.outcomes[kind] !== known?.outcomes[kind]);
  for (const kind of different) {
    const said = known?.outcomes[kind] ?? 'nothing';
    console.error(`  ${kind}: ${row.outcomes[kind]}\n    and the committed table says ${said}`);
  }
  return different.length;
}

function versionOf(tool: string): string {
  return JSON.parse(readFileSync(path.join(here, 'node_modules', tool, 'package.json'), 'utf8')).version;
}

// Results are committed: they name no folder of this machine, and no column in a bundle that is one line, which moves with
// all that comes before it.
function clean(text: string, folder: string): string {
  const places = [path.join(alone, path.basename(folder)), folder, work, here, path.dirname(here)];
  return places
    .reduce((cleaned, place) => cleaned.replaceAll(place, '…').replaceAll(encodeURI(place), '…'), text)
    .replaceAll(/(program\.[cm]?js:1):\d+/g, '$1:…');
}

function errorLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /error|not |cannot/i.test(line) && !/^at |Warning/.test(line)) ??
    lines.find(Boolean) ??
    'it said nothing'
  );
}
