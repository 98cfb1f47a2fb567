import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundlers, fixtures } from './support/builds.ts';
import { run } from './support/run.ts';

const input = path.join(fixtures, 'bundled/main.ts');

let folder: string;
before(async () => {
  // A folder above which nothing is installed.
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-bundled-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const { esbuild, rolldown, vite, webpack } = bundlers;
const cases = [
  ['esbuild', esbuild, 'esm'],
  ['esbuild', esbuild, 'cjs'],
  ['rolldown', rolldown, 'esm'],
  ['rolldown', rolldown, 'cjs'],
  ['vite', vite, 'esm'],
  ['webpack', webpack, 'esm'],
  ['webpack', webpack, 'cjs'],
] as const;

async function results(at: (typeof cases)[number], plugged: boolean): Promise<unknown> {
  const [name, bundle, format] = at;
  const dir = path.join(folder, `${name}-${format}-${plugged}`);
  await bundle({ input, dir, minify: false, format, bundlesHeddle: true, plugged });
  return run(folder, path.join(dir, `program.${format === 'esm' ? 'mjs' : 'cjs'}`));
}

describe('a bundle with heddle in it, of which nothing is installed,', () => {
  for (const at of cases) {
    const [name, , format] = at;
    it(`captures functions at run time, and watches its loop: ${name}, ${format}`, async () => {
      assert.deepEqual(await results(at, true), [41, 21, true]);
    });
    // webpack copies the files by itself.
    if (name === 'webpack') continue;
    it(`fails each call with a code of its own without the plug-in, and watches without stacks: ${name}, ${format}`, async () => {
      const codes = await results(at, false);
      const missing = 'HEDDLE_THREAD_ENTRY_MISSING';
      assert.deepEqual(codes, [missing, missing, 'HEDDLE_WATCH_WITHOUT_STACKS']);
    });
  }
});
