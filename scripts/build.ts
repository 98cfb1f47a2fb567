// Builds every workspace that has a build script, dependencies first; nothing where nothing has changed since.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { root, workspaces } from './workspace.ts';

const built = workspaces().filter(({ scripts }) => scripts.build !== undefined);

/** What the last build was made of, and what it made. `npm ci` removes it, as the tools may be others then. */
const record = path.join(root, 'node_modules/.cache/heddle/build');

const made = ['build', 'dist', 'node_modules', 'test'];
const sources = (): string[] => [
  ...globSync(['package-lock.json', 'tsconfig*.json', 'scripts/*.ts'], { cwd: root }),
  ...filesIn('**', (name) => made.includes(path.basename(name))),
];
const outputs = (): string[] => filesIn('dist/**');

function filesIn(pattern: string, exclude?: (name: string) => boolean): string[] {
  return built.flatMap(({ folder }) =>
    globSync(pattern, { cwd: folder, ...(exclude && { exclude }) }).map((file) => path.join(folder, file)),
  );
}

/** Of the files' names, sizes and times: a build takes seconds, and reading all of them a part of one. */
function fingerprint(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const stats = statSync(path.resolve(root, file));
    if (stats.isFile()) hash.update(`${file}\n${stats.size}\n${stats.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

const madeOf = fingerprint(sources());
if (!existsSync(record) || readFileSync(record, 'utf8') !== `${madeOf} ${fingerprint(outputs())}`) {
  rmSync(record, { force: true });
  for (const { name } of built) run('npm', ['run', 'build', '--silent', '-w', name]);
  mkdirSync(path.dirname(record), { recursive: true });
  writeFileSync(record, `${madeOf} ${fingerprint(outputs())}`);
}
