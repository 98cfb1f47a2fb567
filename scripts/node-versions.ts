// Runs the compiled tests on other Node versions: `node scripts/node-versions.ts [--core | --library] [20 22 26]`. With
// --library, without the bundlers and the benches, which are run by the Node of whoever builds; with --core, only those of
// what depends on the version: the documents, the examples and the doctor are left to one of them.
// The binaries come from the npm package `node` and stay in the ignored folder .node-versions.
import { execFileSync } from 'node:child_process';
import { fetchNode } from './node-binary.ts';
import { runTests } from './test-run.ts';

const defaultVersions = ['20', '22', '26'];
const coreTests = [
  ...['callable', 'defer', 'reactor', 'task', 'testing', 'threads', 'watchdog', 'wire'].map(
    (folder) => `packages/heddle/build/test/${folder}/`,
  ),
  // Who is named depends on what V8 tells.
  'packages/doctor/build/test/programs.test.js',
];
const libraryTests = [
  ...coreTests,
  ...['documentation', 'examples', 'inspect', 'package', 'support'].map(
    (folder) => `packages/heddle/build/test/${folder}/`,
  ),
  'packages/doctor/',
];

const given = process.argv.slice(2);
const paths = given.includes('--core') ? coreTests : given.includes('--library') ? libraryTests : [];
const versions = given.filter((argument) => !argument.startsWith('--'));
if (versions.length === 0) versions.push(...defaultVersions);
const binaries = versions.map((version) => fetchNode(version));
for (const node of binaries) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  runTests({ node, paths });
}
