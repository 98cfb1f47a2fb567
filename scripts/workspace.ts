import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The repository's root folder. */
export const root: string = path.dirname(import.meta.dirname);

export interface Workspace {
  readonly name: string;
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** All workspaces, each after the workspaces it depends on. npm itself runs them by folder name. */
export function workspaces(): Workspace[] {
  const folders = (readManifest(root).workspaces ?? [])
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((folder) => path.join(root, folder))
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .sort();
  const found = new Map(folders.map((folder) => [readManifest(folder).name, folder]));
  const ordered = new Map<string, Workspace>();
  const visit = (name: string, dependents: readonly string[]): void => {
    const folder = found.get(name);
    if (folder === undefined || ordered.has(name)) return;
    if (dependents.includes(name))
      throw new Error(`Workspaces depend in a circle: ${[...dependents, name].join(' → ')}`);
    const { scripts = {}, dependencies, devDependencies } = readManifest(folder);
    const needed = Object.keys({ ...dependencies, ...devDependencies });
    for (const dependency of needed) visit(dependency, [...dependents, name]);
    ordered.set(name, { name, folder, scripts, dependencies: needed });
  };
  for (const name of found.keys()) visit(name, []);
  return [...ordered.values()];
}
