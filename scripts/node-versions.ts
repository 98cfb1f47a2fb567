// Runs the compiled tests on other Node versions: `node scripts/node-versions.ts [--core | --least] [20 22 26]`. With
// --least, only what every version must show with each change: conformance, faults, and what keeps a thread alive. With
// --core also what Node itself does otherwise from version to version, which the oldest and the newest show. All of them
// take several times as long, and are for before a release.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { fetchNode } from './node-binary.ts';
import { runTests } from './test-run.ts';

const leastTests = [
  'package/',
  'testing/',
  'wire/',
  ...['keep-alive', 'own-resources'].map((life) => `threads/thread/${life}`),
  ...['crashes', 'fault-matrix', 'faults', 'process-faults', 'shortage'].map((ending) => `threads/faults/${ending}`),
  'threads/pool/pool-conformance',
];

const coreTests = [
  ...leastTests,
  'callable/',
  'reactor/',
  'defer/unhandled',
  ...['codec', 'errors', 'error-classes', 'odd-values', 'other-realm', 'payload', 'transfer'].map(
    (values) => `threads/values/${values}`,
  ),
  ...['compile-cache', 'leftovers', 'output', 'own-code', 'preload'].map((life) => `threads/thread/${life}`),
  'watchdog/watch',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { core: { type: 'boolean', default: false }, least: { type: 'boolean', default: false } },
});
const tests = values.core ? coreTests : values.least ? leastTests : [];
const paths = tests.map((path) => `packages/heddle/build/test/${path}`);
const versions = positionals.length > 0 ? positionals : ['20', '22', '26'];
const binaries = versions.map((version) => fetchNode(version));
for (const node of binaries) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  runTests({ node, paths });
}
