// Bundlers without the build plug-in. Where packages are bundled, the bundle runs where no package can be found.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Configuration } from 'webpack';
import { execute } from './command.ts';
import { alone, layOut } from './prepare.ts';
import { all, module, node, one, packages, type Runner } from './runner.ts';

const built = node([], 'out/program.mjs');

/** Runs a bundle where none of what it was made of is at hand. */
function byItself(runner: Runner, entry = 'program.mjs'): Runner {
  const place = (folder: string): string => path.join(alone, path.basename(folder));
  return {
    ...runner,
    build: async (folder) => {
      await runner.build?.(folder);
      rmSync(place(folder), { recursive: true, force: true });
      mkdirSync(alone, { recursive: true });
      cpSync(path.join(folder, 'out'), place(folder), { recursive: true });
    },
    command: (binary, folder) => [binary, path.join(place(folder), entry)],
  };
}

const esbuild = (name: string, options: object): Runner => ({
  name: `esbuild, ${name}`,
  variant: 'ts',
  nodes: one,
  tool: 'esbuild',
  build: async (folder) => {
    const { build } = await import('esbuild');
    await build({
      absWorkingDir: folder,
      entryPoints: ['program.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outdir: 'out',
      outExtension: { '.js': '.mjs' },
      sourcemap: true,
      logLevel: 'silent',
      ...options,
    });
  },
  command: built,
});

// What esbuild's users write where bundled CommonJS requires a module of Node's.
const banner = {
  js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
};

const rolldown = (name: string, input: object, output: object): Runner => ({
  name: `rolldown, ${name}`,
  variant: 'ts',
  nodes: one,
  tool: 'rolldown',
  build: async (folder) => {
    const { build } = await import('rolldown');
    await build({
      cwd: folder,
      input: 'program.ts',
      platform: 'node',
      external: [...packages],
      logLevel: 'silent',
      ...input,
      output: {
        dir: 'out',
        entryFileNames: '[name].mjs',
        chunkFileNames: '[name].mjs',
        sourcemap: true,
        ...output,
      },
    });
  },
  command: built,
});

const tsdown: Runner = {
  name: 'tsdown',
  variant: 'ts',
  nodes: one,
  smoke: true,
  tool: 'tsdown',
  build: (folder) => {
    const dependencies = Object.fromEntries(packages.map((name) => [name, '*']));
    const manifest = { name: 'program', private: true, type: 'module', dependencies };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
    const command = [process.execPath, path.join(module('tsdown'), 'dist/run.mjs'), 'program.ts'];
    const options = ['--no-dts', '--out-dir', 'out', '--platform', 'node'];
    const { status, output } = execute([...command, ...options], folder, process.env);
    if (status !== 0) throw new Error(output);
  },
  command: built,
};

const vite = (name: string, build: object, ssr: object = {}): Runner => ({
  name: `vite, SSR build${name}`,
  variant: 'ts',
  nodes: one,
  tool: 'vite',
  build: async (folder) => {
    const tool = await import('vite');
    await tool.build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      ssr,
      build: {
        ssr: 'program.ts',
        outDir: 'out',
        rollupOptions: { output: { entryFileNames: 'program.mjs' } },
        ...build,
      },
    });
  },
  command: built,
});

const webpackModule: Configuration = {
  experiments: { outputModule: true },
  output: { filename: '[name].mjs', module: true, chunkFormat: 'module' },
};

const webpack = (name: string, configuration: Configuration, entry = 'out/program.mjs'): Runner => ({
  name: `webpack, ${name}`,
  variant: 'esm',
  nodes: one,
  tool: 'webpack',
  build: async (folder) => {
    const { default: pack } = await import('webpack');
    const { output, ...rest } = configuration;
    await new Promise<void>((resolve, reject) => {
      pack(
        {
          context: folder,
          entry: { program: './program.js' },
          mode: 'production',
          target: 'node20',
          ...rest,
          output: { path: path.join(folder, 'out'), ...output },
        },
        (error, stats) => {
          if (error) reject(error);
          else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')));
          else resolve();
        },
      );
    });
  },
  command: node([], entry),
});

const external = Object.fromEntries(packages.map((name) => [name, `module ${name}`]));
const required = Object.fromEntries(packages.map((name) => [name, `commonjs ${name}`]));
const perFile = {
  splitChunks: { chunks: 'all', minSize: 0, cacheGroups: { works: { test: /work\.js$/, name: 'work' } } },
} as const;

const rows: readonly Runner[] = [
  { ...esbuild('packages external', { packages: 'external' }), nodes: all },
  { ...esbuild('packages external, minified', { packages: 'external', minify: true }), smoke: true },
  esbuild('packages external, split', {
    packages: 'external',
    splitting: true,
    entryPoints: ['program.ts', 'work.ts', 'barrel.ts', 'money.ts'],
  }),
  {
    ...esbuild('packages external, CommonJS', {
      packages: 'external',
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
    }),
    command: node([], 'out/program.cjs'),
  },
  byItself(esbuild('packages bundled', { banner })),
  byItself(esbuild('packages bundled, minified', { banner, minify: true })),
  { ...rolldown('packages external', {}, {}), nodes: all },
  { ...rolldown('packages external, minified', {}, { minify: true }), smoke: true },
  rolldown('packages external, split', { input: ['program.ts', 'work.ts', 'barrel.ts', 'money.ts'] }, {}),
  byItself(rolldown('packages bundled', { external: [] }, {})),
  tsdown,
  { ...vite('', {}), nodes: all, smoke: true },
  vite(', minified', { minify: true }),
  byItself(vite(', packages bundled', {}, { noExternal: true })),
  {
    ...webpack('packages external', { ...webpackModule, externals: external, externalsType: 'module' }),
    nodes: all,
    smoke: true,
  },
  webpack('packages external, split', {
    ...webpackModule,
    externals: external,
    externalsType: 'module',
    optimization: perFile,
  }),
  webpack(
    'packages external, CommonJS',
    { output: { filename: '[name].cjs' }, externals: required },
    'out/program.cjs',
  ),
  byItself(webpack('packages bundled', webpackModule)),
];

/** What `threadFunction` names lies beside the bundle, in JavaScript. */
function besideModules(row: Runner): Runner {
  const build = async (folder: string): Promise<void> => {
    layOut(path.join(path.basename(folder), 'beside'), 'esm');
    await row.build?.(folder);
  };
  return { ...row, work: 'beside/work.js', build };
}

export const bundlers: readonly Runner[] = rows.map(besideModules);
