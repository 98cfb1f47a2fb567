import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { packageRoot } from '../support/paths.ts';
import { rows } from './rows.ts';

/** In what form a program is run. */
export interface Form {
  readonly title: string;
  /** What Node runs, with what stands before it. */
  readonly command: (program: string, nodeMajor: number) => string[];
  /** Where the lines are looked for. */
  readonly source: (program: string) => string;
}

const sources = path.join(packageRoot, 'test/programs');
const compiled = path.join(packageRoot, 'build/test/programs');
const bundles = path.join(packageRoot, 'build/test/bundles');

export const javaScript: Form = {
  title: 'JavaScript',
  command: (program) => [path.join(compiled, `${program}.js`)],
  source: (program) => path.join(compiled, `${program}.js`),
};

export const typeScript: Form = {
  title: 'TypeScript',
  // Node 20 runs none, tsx does that there.
  command: (program, major) => [...(major < 22 ? ['--import', 'tsx'] : []), path.join(sources, `${program}.ts`)],
  source: (program) => path.join(sources, `${program}.ts`),
};

export const bundle: Form = {
  title: 'minified bundle with source map',
  command: (program) => [bundleOf(program)],
  source: (program) => path.join(sources, `${program}.ts`),
};

export const forms: readonly Form[] = [javaScript, typeScript, bundle];

/** The lines of a program that a comment calls those that block. */
export function blockingLines(file: string): number[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (!line.endsWith('// blocks')) return [];
    // The compiler puts the comment behind an opening brace on a line of its own.
    return [line.trim() === '// blocks' ? index : index + 1];
  });
}

function bundleOf(program: string): string {
  const file = path.join(bundles, `${program}.cjs`);
  if (!existsSync(file)) {
    buildSync({
      entryPoints: rows.map((row) => path.join(sources, `${row.program}.ts`)),
      outdir: bundles,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      minify: true,
      sourcemap: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  }
  return file;
}
