import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import * as esbuild from 'esbuild';
import webpack from 'webpack';
import esbuildPlugin from '@heddle/unplugin/esbuild';
import webpackPlugin from '@heddle/unplugin/webpack';
import { root } from './support/builds.ts';
import { run } from './support/run.ts';

const text = (values: readonly number[]): string => `
import { deferToThread } from 'heddle';
const calls = [${values.map((value) => `() => deferToThread(() => ${value})`).join(', ')}];
Promise.all(calls.map((call) => call())).then((results) => console.log(JSON.stringify(results)));
`;

const threadsIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).filter((file) => /^heddle-thread-.*js$/.test(file)).sort();

test('built again by esbuild, a program has the functions of its present source, under the same names', async (t) => {
  const dir = path.join(root, 'build/watch-esbuild');
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  const input = path.join(dir, 'main.js');
  const outdir = path.join(dir, 'out');
  await writeFile(input, text([1, 2, 3]));
  const context = await esbuild.context({
    entryPoints: [input],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir,
    outExtension: { '.js': '.mjs' },
    external: ['heddle', 'heddle/*'],
    plugins: [esbuildPlugin()],
  });
  t.after(() => context.dispose());
  await context.rebuild();
  assert.deepEqual(await run(root, path.join(outdir, 'main.mjs')), [1, 2, 3]);
  const first = await threadsIn(outdir);
  for (const values of [
    [4, 5],
    [6, 7, 8],
  ]) {
    await writeFile(input, text(values));
    const { outputFiles } = await context.rebuild();
    assert.equal(outputFiles, undefined);
    assert.deepEqual(await run(root, path.join(outdir, 'main.mjs')), values);
    assert.deepEqual(await threadsIn(outdir), first);
  }
});

test('built again by webpack from its cache, a program has the functions of its present source', async (t) => {
  const dir = path.join(root, 'build/watch-webpack');
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  const input = path.join(dir, 'main.js');
  const build = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const compiler = webpack({
        context: dir,
        entry: input,
        mode: 'development',
        target: 'node20.19',
        experiments: { outputModule: true },
        cache: { type: 'filesystem', cacheDirectory: path.join(dir, 'cache') },
        externalsType: 'module',
        externals: [/^heddle(?:\/|$)/],
        output: { path: path.join(dir, 'out'), filename: 'main.mjs', module: true, clean: true },
        plugins: [webpackPlugin()],
      });
      compiler?.run((error, stats) => {
        const failure = error ?? (stats?.hasErrors() ? new Error(stats.toString('errors-only')) : undefined);
        compiler.close(() => (failure ? reject(failure) : resolve()));
      });
    });
  for (const values of [
    [1, 2, 3],
    [1, 2, 3],
    [4, 5],
  ]) {
    await writeFile(input, text(values));
    await build();
    assert.deepEqual(await run(root, path.join(dir, 'out/main.mjs')), values);
    assert.equal((await threadsIn(path.join(dir, 'out'))).length, values.length);
  }
});
