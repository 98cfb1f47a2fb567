// Packs `heddle` as npm would publish it and checks the tarball: its manifest, its types, and that every subpath loads
// by import and by require() in a program that has installed it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, tool } from './command.ts';
import { root } from './workspace.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const packed = execFileSync('npm', ['pack', '-w', 'heddle', '--json', '--pack-destination', folder], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const tarball = path.join(folder, findFilename(JSON.parse(packed)));

run(tool('publint'), ['run', '--strict', tarball]);
run(tool('attw'), ['--profile', 'esm-only', tarball]);

writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'commonjs' }));
run('npm', ['install', '--prefix', folder, '--no-package-lock', '--silent', tarball], { cwd: folder });

const manifest: { exports: Record<string, unknown> } = JSON.parse(
  readFileSync(path.join(root, 'packages/heddle/package.json'), 'utf8'),
);
const modules = Object.keys(manifest.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => path.posix.join('heddle', subpath));

const program = `
  const names = ${JSON.stringify(modules)};
  (async () => {
    for (const name of names) {
      const imported = await import(name);
      const required = require(name);
      if (Object.keys(imported).length === 0) throw new Error(name + ' exports nothing');
      if (imported !== required) throw new Error(name + ' is another module by require() than by import');
    }
  })();
`;
writeFileSync(path.join(folder, 'load.cjs'), program);
run(process.execPath, ['--no-warnings=ExperimentalWarning', 'load.cjs'], { cwd: folder });
console.log(`Loaded by import and by require() on Node ${process.version}: ${modules.join(', ')}`);

/** npm 11 prints a list of packages, npm 12 an object by package name. */
function findFilename(report: { filename: string }[] | Record<string, { filename: string }>): string {
  const [first] = Object.values(report);
  if (first === undefined) throw new Error('npm pack reported no package');
  return first.filename;
}
