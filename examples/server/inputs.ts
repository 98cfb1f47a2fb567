import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What the Markdown route renders: a manual of more than 50 kB. */
export function readManual(): string {
  return readFileSync(new URL('./text/manual.md', import.meta.url), 'utf8');
}

/** What the gzip route compresses: the sources of this repository as one file, as a download would offer them. */
export function readSources(): Buffer {
  const folders = ['packages', 'examples', 'bench'].map((name) => join(repository, name));
  const files = [...folders.flatMap(sourceFiles), join(repository, 'package-lock.json')];
  return Buffer.concat(files.map((file) => readFileSync(file)));
}

const notSources = new Set(['node_modules', 'dist', 'build', 'results']);

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !notSources.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourceFiles(path);
      return /\.(ts|mts|mjs|js|json|md)$/.test(entry.name) ? [path] : [];
    });
}
