// Runs the compiled tests on other Node versions: `node scripts/node-versions.ts [20 22 26]`.
// The binaries come from the npm package `node` and stay in the ignored folder .node-versions.
import { execFileSync } from 'node:child_process';
import { fetchNode } from './node-binary.ts';
import { runTests } from './test-run.ts';

const defaultVersions = ['20', '22', '26'];

const versions = process.argv.length > 2 ? process.argv.slice(2) : defaultVersions;
const binaries = versions.map((version) => fetchNode(version));
for (const node of binaries) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  runTests({ node });
}
