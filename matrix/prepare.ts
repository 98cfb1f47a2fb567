// Lays out what the runners run: the packed heddle beside the fixture program in TypeScript, ES modules and CommonJS.
import { cpSync, globSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { npm } from './command.ts';

export const here: string = import.meta.dirname;
export const work: string = path.join(here, '.work');
/** Where no package is found, whatever the folder's name. */
export const alone: string = path.join(realpathSync(tmpdir()), `heddle-matrix-${process.pid}`);

export type Variant = 'ts' | 'esm' | 'cjs';

/** Packs heddle and its build plug-in and installs them, with what they depend on, under `.work`. */
export function prepare(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const root = path.dirname(here);
  // By the root's script, which builds nothing anew where nothing has changed: other tests may run beside this.
  npm(['run', 'build', '--silent'], root);
  for (const name of ['heddle', '@heddle/unplugin']) {
    npm(['pack', '--silent', '-w', name, '--pack-destination', work], root);
  }
  const tarballs = globSync('heddle-*.tgz', { cwd: work }).map((file) => `./${file}`);
  writeFileSync(path.join(work, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  npm(['install', '--silent', '--no-audit', '--no-fund', ...tarballs], work);
}

/** Writes the fixture program in one of its forms into a folder of its own. */
export function layOut(name: string, variant: Variant, type = variant === 'cjs' ? 'commonjs' : 'module'): string {
  const folder = path.join(work, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const fixtures = path.join(here, 'fixtures');
  for (const file of globSync('*.{ts,cjs,cts}', { cwd: fixtures })) {
    const source = path.join(fixtures, file);
    if (variant === 'ts' || !file.endsWith('.ts')) cpSync(source, path.join(folder, file));
    else writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), compiled(source, variant));
  }
  return folder;
}

function compiled(file: string, format: 'esm' | 'cjs'): string {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    loader: 'ts',
    format,
    platform: 'node',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'inline',
    // Jest has no import() in CommonJS.
    supported: { 'dynamic-import': format === 'esm' },
  });
  return code.replaceAll(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2');
}
