import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../support/paths.ts';

/** The Markdown pages for readers, relative to the repository. */
export function pages(): string[] {
  return [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    ...filesUnder('docs', '.md'),
    'packages/heddle/README.md',
    'packages/doctor/README.md',
    'packages/unplugin/README.md',
    'examples/README.md',
  ].filter((file) => existsSync(path.join(repositoryRoot, file)));
}

/** The sources of a package, whose docstrings can hold examples, relative to the repository. */
export function sources(name: 'heddle' | 'doctor' = 'heddle'): string[] {
  return filesUnder(`packages/${name}/src`, '.ts');
}

function filesUnder(directory: string, extension: string): string[] {
  return readdirSync(path.join(repositoryRoot, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(directory, file))
    .sort();
}
