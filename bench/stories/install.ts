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

/** Fetches an application and lays it out in `folder`: `node_modules`, and beside it the variants, which share it. */
export function install(story: Story, folder: string): Installed {
  mkdirSync(folder, { recursive: true });
  const npm = (...args: string[]): string => execFileSync('npm', args, { cwd: folder, encoding: 'utf8' });
  const sources = path.join(folder, 'package');
  if (story.isCheckout) {
    const file = npm('pack', story.package, '--silent').trim();
    execFileSync('tar', ['-xzf', file], { cwd: folder });
  }
  const { dependencies = {} } = story.isCheckout ? manifest(sources) : {};
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'story', private: true, dependencies }));
  const wanted = [...(story.isCheckout ? [] : [story.package]), ...(story.beside ?? [])];
  npm('install', '--save-exact', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...wanted);
  const modules = path.join(folder, 'node_modules');
  // Not by npm: it is not the published one, but the one that is built here.
  symlinkSync(heddle, path.join(modules, 'heddle'), 'dir');

  const variants: Variant[] = [];
  let before: string | undefined;
  for (const change of [undefined, ...story.changes]) {
    const variant = path.join(folder, change === undefined ? 'before' : path.basename(change.file, '.diff'));
    if (before === undefined) {
      mkdirSync(variant);
      if (story.isCheckout) cpSync(sources, variant, { recursive: true });
      story.lay(variant);
    } else {
      cpSync(before, variant, { recursive: true });
    }
    if (change !== undefined) {
      execFileSync('git', ['apply', '--ignore-whitespace', path.join(changes, change.file)], { cwd: variant, env: withoutGit() });
    }
    variants.push({ what: change?.what ?? 'as published', folder: variant });
    before = variant;
  }
  rmSync(sources, { recursive: true, force: true });
  const versions = Object.fromEntries(
    story.uses.map((name) => [name, manifest(path.join(modules, name)).version ?? 'unknown']),
  );
  return { modules, versions, variants };
}

function manifest(folder: string): { version?: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** In a hook of git the repository would be meant, and not the folder. */
function withoutGit(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
}
