// Runs the compiled tests on other Node versions: `node scripts/node-versions.ts [--core] [20 22 26]`. With --core, only
// what every version must show with each change: conformance, faults, references, and what Node itself does otherwise
// from version to version. All of them take several times as long, and are for before a release.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { fetchNode } from './node-binary.ts';
import { runTests } from './test-run.ts';

const coreTests = [
  'callable/',
  'package/',
  'reactor/',
  'testing/',
  'wire/',
  'defer/unhandled',
  ...['codec', 'errors', 'error-classes', 'odd-values', 'other-realm', 'payload', 'transfer'].map(
    (values) => `threads/values/${values}`,
  ),
  ...['compile-cache', 'keep-alive', 'leftovers', 'output', 'own-code', 'own-resources', 'preload'].map(
    (life) => `threads/thread/${life}`,
  ),
  ...['crashes', 'fault-matrix', 'faults', 'process-faults', 'shortage'].map((ending) => `threads/faults/${ending}`),
  'threads/pool/pool-conformance',
  'watchdog/watch',
].map((tests) => `packages/heddle/build/test/${tests}`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { core: { type: 'boolean', default: false } },
});
const paths = values.core ? coreTests : [];
const versions = positionals.length > 0 ? positionals : ['20', '22', '26'];
const binaries = versions.map((version) => fetchNode(version));
for (const node of binaries) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  runTests({ node, paths });
}
