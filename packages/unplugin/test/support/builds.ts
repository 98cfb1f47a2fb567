import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';
import esbuildPlugin from '@heddle/unplugin/esbuild';
import rollupPlugin from '@heddle/unplugin/rollup';
import vitePlugin from '@heddle/unplugin/vite';
import webpackPlugin from '@heddle/unplugin/webpack';

export const root: string = fileURLToPath(new URL('../../../', import.meta.url));
export const fixtures: string = path.join(root, 'test/fixtures');

/** What a program is built into. */
export interface Build {
  readonly input: string;
  /** The output's folder. */
  readonly dir: string;
  readonly minify: boolean;
  readonly format: 'esm' | 'cjs';
  /** Whether heddle becomes a part of the bundle, rather than being loaded from its package. */
  readonly bundlesHeddle: boolean;
  /** Whether the plug-in takes part. */
  readonly plugged: boolean;
}

/** Builds a program into `program.mjs` or `program.cjs`. */
export type Bundler = (build: Build) => Promise<unknown>;

const HEDDLE = /^heddle(?:\/|$)/;

export const bundlers: Readonly<Record<'esbuild' | 'rolldown' | 'rollup' | 'vite' | 'webpack', Bundler>> = {
  esbuild: ({ input, dir, minify, format, bundlesHeddle, plugged }) =>
    esbuild.build({
      entryPoints: { program: input },
      bundle: true,
      platform: 'node',
      format,
      outdir: dir,
      outExtension: { '.js': format === 'esm' ? '.mjs' : '.cjs' },
      minify,
      sourcemap: true,
      logLevel: 'silent',
      external: bundlesHeddle ? [] : ['heddle', 'heddle/*'],
      plugins: plugged ? [esbuildPlugin()] : [],
    }),
  rolldown: async ({ input, dir, minify, format, bundlesHeddle, plugged }) => {
    const bundle = await rolldown({
      input: { program: input },
      platform: 'node',
      external: bundlesHeddle ? [] : [HEDDLE],
      plugins: plugged ? [rollupPlugin()] : [],
    });
    const extension = format === 'esm' ? 'mjs' : 'cjs';
    await bundle.write({
      dir,
      format,
      minify,
      sourcemap: true,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name]-[hash].${extension}`,
    });
    await bundle.close();
  },
  rollup: async ({ input, dir, format, plugged }) => {
    const bundle = await rollup({
      input: { program: input },
      external: [HEDDLE, /^node:/],
      plugins: [plugged ? rollupPlugin() : [], { name: 'types', transform: withoutTypes }],
    });
    const extension = format === 'esm' ? 'mjs' : 'cjs';
    await bundle.write({
      dir,
      format: format === 'esm' ? 'es' : 'cjs',
      sourcemap: true,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name]-[hash].${extension}`,
    });
    await bundle.close();
  },
  vite: ({ input, dir, minify, bundlesHeddle, plugged }) =>
    vite({
      root: path.dirname(input),
      configFile: false,
      logLevel: 'silent',
      plugins: plugged ? [vitePlugin()] : [],
      ssr: bundlesHeddle ? { noExternal: true } : { external: ['heddle'] },
      build: {
        ssr: input,
        outDir: dir,
        minify,
        sourcemap: true,
        emptyOutDir: false,
        rolldownOptions: { output: { entryFileNames: 'program.mjs', chunkFileNames: '[name]-[hash].mjs' } },
      },
    }),
  webpack: async ({ input, dir, minify, format, bundlesHeddle, plugged }) => {
    const isEsm = format === 'esm';
    await mkdir(dir, { recursive: true });
    await bundleByWebpack({
      context: path.dirname(input),
      entry: { program: input },
      mode: minify ? 'production' : 'development',
      devtool: 'source-map',
      target: 'node20.19',
      experiments: { outputModule: isEsm },
      module: { rules: [{ test: /\.tsx?$/, use: [path.join(fixtures, 'types-loader.cjs')] }] },
      externalsType: isEsm ? 'module' : 'import',
      externals: bundlesHeddle ? [] : [HEDDLE],
      output: {
        path: dir,
        filename: `[name].${isEsm ? 'mjs' : 'cjs'}`,
        module: isEsm,
        chunkFormat: isEsm ? 'module' : 'commonjs',
      },
      plugins: plugged ? [webpackPlugin()] : [],
    });
  },
};

export function bundleByWebpack(configuration: webpack.Configuration): Promise<webpack.Stats> {
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error) reject(error);
      else if (stats?.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
      else resolve(stats as webpack.Stats);
    });
  });
}

/** For Rollup, which knows no types. */
export function withoutTypes(code: string, id: string): { code: string; map: string } | undefined {
  const file = id.replace(/\?.*$/, '');
  if (!/\.tsx?$/.test(file)) return undefined;
  return esbuild.transformSync(code, {
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    sourcefile: file,
    sourcemap: 'external',
  });
}
