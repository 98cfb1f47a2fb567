import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What the Markdown route renders: a manual of more than 50 kB. */
export function readManual(): string {
  return readFileSync(new URL('./text/manual.md', import.meta.url), 'utf8');
}

/** What the gzip route compresses: Heddle's sources and the lock file as one file, as a download would offer them. */
export function readSources(): Buffer {
  const files = [...sourceFiles(join(repository, 'packages', 'heddle', 'src')), join(repository, 'package-lock.json')];
  return Buffer.concat(files.map((file) => readFileSync(file)));
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sourceFiles(path) : [path];
    });
}
