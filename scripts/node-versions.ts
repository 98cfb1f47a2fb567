// Runs the compiled tests on other Node versions: `node scripts/node-versions.ts [20 22 26]`.
// The binaries come from the npm package `node` and stay in the ignored folder .node-versions.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { runTests } from './test-run.ts';
import { root } from './workspace.ts';

const defaultVersions = ['20', '22', '26'];

const versions = process.argv.length > 2 ? process.argv.slice(2) : defaultVersions;
const binaries = versions.map((version) => fetchNode(version));
for (const node of binaries) {
  console.log(`\nNode ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  runTests({ node });
}

/** Path of a binary of that major version, fetched at first use. */
function fetchNode(version: string): string {
  const folder = path.join(root, '.node-versions', version);
  const binary = path.join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  // A package of its own keeps the workspace's package.json and lock file as they are; the binary is put in place
  // by an install script, which npm 12 runs only where it is allowed.
  const manifest = { private: true, allowScripts: { node: true }, dependencies: { node: version } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  run('npm', ['install', '--prefix', folder, '--no-package-lock', '--silent'], { cwd: folder });
  return binary;
}
