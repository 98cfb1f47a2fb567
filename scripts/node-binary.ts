import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { root } from './workspace.ts';

/** Path of a binary of that version (`22`, `20.19`), fetched at first use. */
export function fetchNode(version: string): string {
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
