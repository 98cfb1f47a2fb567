// Packs the packages as npm would publish them and checks the tarballs: their manifests, their types, and that every
// subpath loads by import and by require() in a program that has installed them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, tool } from './command.ts';
import { root, workspaces } from './workspace.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const packages = ['heddle', '@heddle/unplugin', '@heddle/doctor'] as const;
const tarballs = packages.map(pack);
for (const tarball of tarballs) {
  run(tool('publint'), ['run', '--strict', tarball]);
  run(tool('attw'), ['--profile', 'esm-only', tarball]);
}

writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'commonjs' }));
run('npm', ['install', '--prefix', folder, '--no-package-lock', '--silent', ...tarballs], { cwd: folder });

const modules = workspaces()
  .filter(({ name }) => packages.some((one) => one === name))
  .flatMap(({ name, folder: source }) => subpaths(source).map((subpath) => path.posix.join(name, subpath)));

const program = `
  const names = ${JSON.stringify(modules)};
  (async () => {
    for (const name of names) {
      const imported = await import(name);
      const required = require(name);
      // It does its work by being loaded.
      if (name === '@heddle/unplugin/register') continue;
      if (Object.keys(imported).length === 0) throw new Error(name + ' exports nothing');
      // Of a module with a default export, require() gives another object with the same exports.
      const isSame = 'default' in imported ? imported.default === required.default : imported === required;
      if (!isSame) throw new Error(name + ' is another module by require() than by import');
    }
  })();
`;
writeFileSync(path.join(folder, 'load.cjs'), program);
run(process.execPath, ['--no-warnings=ExperimentalWarning', 'load.cjs'], { cwd: folder });
console.log(`Loaded by import and by require() on Node ${process.version}: ${modules.join(', ')}`);

// A command in another folder, as npx runs it: everything it needs at run time is in the tarball.
const page = path.join(folder, 'report.html');
const blocks = 'const end = Date.now() + 300; while (Date.now() < end);';
run(
  path.join(folder, 'node_modules/.bin/heddle-doctor'),
  ['--html', page, '--', process.execPath, '--eval', `setTimeout(() => { ${blocks} }, 100)`],
  { cwd: folder },
);
if (!readFileSync(page, 'utf8').includes('[eval]')) throw new Error('heddle-doctor from its tarball has seen no block');

function pack(name: string): string {
  const packed = execFileSync('npm', ['pack', '-w', name, '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return path.join(folder, findFilename(JSON.parse(packed)));
}

function subpaths(source: string): string[] {
  const manifest: { exports: Record<string, unknown> } = JSON.parse(
    readFileSync(path.join(source, 'package.json'), 'utf8'),
  );
  return Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
}

/** npm 11 prints a list of packages, npm 12 an object by package name. */
function findFilename(report: { filename: string }[] | Record<string, { filename: string }>): string {
  const [first] = Object.values(report);
  if (first === undefined) throw new Error('npm pack reported no package');
  return first.filename;
}
