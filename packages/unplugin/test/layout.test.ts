import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import esbuildPlugin from '@heddle/unplugin/esbuild';
import rollupPlugin from '@heddle/unplugin/rollup';
import vitePlugin from '@heddle/unplugin/vite';
import webpackPlugin from '@heddle/unplugin/webpack';
import { bundleByWebpack, fixtures, root, withoutTypes } from './support/builds.ts';
import { run } from './support/run.ts';

const STRICT = '--disallow-code-generation-from-strings';
const folder = path.join(fixtures, 'layout');
const output = path.join(root, 'build/layout');
const input = { 'web/main': path.join(folder, 'web/main.ts'), 'admin/v2/main': path.join(folder, 'admin/main.ts') };
const external = [/^heddle(?:\/|$)/];
/** Neither the folder nor the name that the plug-in would give. */
const names = { entryFileNames: '[name].mjs', chunkFileNames: 'parts/p-[hash].mjs' };
after(() => rm(output, { recursive: true, force: true }));

const builds = {
  esbuild: (dir: string) => esbuildInto(dir),
  rolldown: async (dir: string) => {
    const bundle = await rolldown({ input, platform: 'node', external, plugins: [rollupPlugin()] });
    await bundle.write({ dir, format: 'esm', ...names });
    await bundle.close();
  },
  rollup: async (dir: string) => {
    const bundle = await rollup({
      input,
      external,
      plugins: [rollupPlugin(), { name: 'types', transform: withoutTypes }],
    });
    await bundle.write({ dir, format: 'es', ...names });
    await bundle.close();
  },
  vite: (dir: string) =>
    vite({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [vitePlugin()],
      ssr: { external: ['heddle'] },
      build: { ssr: true, outDir: dir, emptyOutDir: false, rolldownOptions: { input, output: names } },
    }),
  webpack: (dir: string) => webpackInto(dir, 'source-map'),
};

describe("a chunk that entries of several folders share, under a name of the program's choice,", () => {
  for (const [name, build] of Object.entries(builds)) {
    it(`finds the files of its threads, built by ${name}`, async () => {
      const dir = path.join(output, name);
      await build(dir);
      for (const entry of Object.keys(input)) assert.equal(await run(root, STRICT, path.join(dir, `${entry}.mjs`)), 43);
    });
  }

  it('finds them also where webpack has each module evaluated', async () => {
    const dir = path.join(output, 'webpack-eval');
    await webpackInto(dir, 'eval');
    for (const entry of Object.keys(input)) assert.equal(await run(root, path.join(dir, `${entry}.mjs`)), 43);
  });

  it("is refused by esbuild's plug-in where the addresses of files would be those of a web server", async () => {
    const built = esbuildInto(path.join(output, 'public'), { publicPath: 'https://static.example/' });
    await assert.rejects(built, /main\.ts.*publicPath 'https:\/\/static\.example\/'.*Leave it out/);
  });
});

function esbuildInto(outdir: string, options: esbuild.BuildOptions = {}): Promise<unknown> {
  return esbuild.build({
    entryPoints: input,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/p-[hash]',
    logLevel: 'silent',
    external: ['heddle', 'heddle/*'],
    plugins: [esbuildPlugin()],
    ...options,
  });
}

function webpackInto(dir: string, devtool: string): Promise<unknown> {
  return bundleByWebpack({
    context: folder,
    entry: input,
    mode: 'development',
    devtool,
    target: 'node20.19',
    experiments: { outputModule: true },
    module: { rules: [{ test: /\.ts$/, use: [path.join(fixtures, 'types-loader.cjs')] }] },
    externalsType: 'module',
    externals: external,
    // Its own code has a file of its own, too.
    optimization: { runtimeChunk: 'single', splitChunks: { chunks: 'all', minSize: 0 } },
    output: { path: dir, filename: '[name].mjs', chunkFilename: 'parts/p-[contenthash].mjs', module: true },
    plugins: [webpackPlugin()],
  });
}
