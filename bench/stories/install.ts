import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Story } from './story.ts';

const heddle = fileURLToPath(new URL('../../packages/heddle', import.meta.url));
const changes = fileURLToPath(new URL('changes', import.meta.url));

/** An application as published, and after each of the changes to it: a folder each. */
export interface Installed {
  readonly modules: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly variants: readonly Variant[];
}

export interface Variant {
  readonly what: string;
  readonly folder: string;
}

/**
 * Fetches an application and lays it out in `folder`, as published in `before`, beside it after each of the changes. All
 * share the packages that `before` has.
 */
export function install(story: Story, folder: string): Installed {
  const before = path.join(folder, 'before');
  mkdirSync(before, { recursive: true });
  if (story.isCheckout) unpack(story.package, before);
  story.lay(before);
  if (story.isCheckout) withoutDevelopment(before);
  const wanted = [...(story.isCheckout ? [] : [story.package]), ...(story.beside ?? [])];
  npm(before, 'install', '--save-exact', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...wanted);
  const modules = path.join(before, 'node_modules');
  // Not by npm: it is not the published one, but the one that is built here.
  symlinkSync(heddle, path.join(modules, 'heddle'), 'dir');

  const variants: Variant[] = [{ what: 'as published', folder: before }];
  let last = before;
  for (const { file, what } of story.changes) {
    const next = path.join(folder, path.basename(file, '.diff'));
    const isOwn = (source: string): boolean => source !== path.join(last, 'node_modules');
    cpSync(last, next, { recursive: true, filter: isOwn });
    symlinkSync(modules, path.join(next, 'node_modules'), 'dir');
    const env = withoutGit();
    execFileSync('git', ['apply', '--ignore-whitespace', path.join(changes, file)], { cwd: next, env });
    variants.push({ what, folder: next });
    last = next;
  }
  const versions = Object.fromEntries(
    story.uses.map((name) => [name, manifest(path.join(modules, name)).version ?? 'unknown']),
  );
  return { modules, versions, variants };
}

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8' });
}

function unpack(wanted: string, folder: string): void {
  const file = npm(folder, 'pack', wanted, '--silent').trim();
  execFileSync('tar', ['-xzf', file, '--strip-components=1'], { cwd: folder });
  rmSync(path.join(folder, file));
}

/** What its own tests need is not installed. */
function withoutDevelopment(folder: string): void {
  const { devDependencies: _, scripts: __, ...rest } = manifest(folder);
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(rest, undefined, 2)}\n`);
}

interface Manifest {
  readonly version?: string;
  readonly devDependencies?: object;
  readonly scripts?: object;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** In a hook of git the repository would be meant, and not the folder. */
function withoutGit(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
}
