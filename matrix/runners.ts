// Every way to run or bundle a program that the matrix tries. One entry is one row.
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './command.ts';
import { pluginRunners } from './plugin-runners.ts';
import { here, type Variant } from './prepare.ts';

export interface Runner {
  readonly name: string;
  readonly variant: Variant;
  /** Node's versions to run it on; none for a runtime of its own. */
  readonly nodes: readonly string[];
  /** Run in `.ci/run` too. */
  readonly smoke?: boolean;
  /** Done once in the program's folder, before it is run. */
  readonly build?: (folder: string) => void | Promise<void>;
  readonly command: (node: string, folder: string) => readonly string[];
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The npm package whose version belongs to the row. */
  readonly tool?: string;
}

const all = ['20.19', '22', '24', '26'];
const modern = ['22', '24', '26'];
const one = ['24'];
const module = (name: string): string => path.join(here, 'node_modules', name);
const node =
  (flags: readonly string[], entry = 'program.js'): Runner['command'] =>
  (binary) => [binary, ...flags, entry];

function esbuild(name: string, options: object): Runner {
  return {
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
        // What esbuild's users write where bundled CommonJS requires a module of Node's.
        banner: {
          js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
        },
        ...options,
      });
    },
    command: node([], 'out/program.mjs'),
  };
}

const viteSsr: Runner = {
  name: 'vite, SSR build',
  variant: 'ts',
  nodes: one,
  tool: 'vite',
  build: async (folder) => {
    const { build } = await import('vite');
    await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: { ssr: 'program.ts', outDir: 'out', rollupOptions: { output: { entryFileNames: 'program.mjs' } } },
    });
  },
  command: node([], 'out/program.mjs'),
};

const rolldownOne: Runner = {
  name: 'rolldown, packages external',
  variant: 'ts',
  nodes: one,
  tool: 'rolldown',
  build: async (folder) => {
    const { build } = await import('rolldown');
    await build({
      cwd: folder,
      input: 'program.ts',
      platform: 'node',
      external: ['heddle', 'marked', 'ms'],
      logLevel: 'silent',
      output: { dir: 'out', entryFileNames: 'program.mjs', sourcemap: true },
    });
  },
  command: node([], 'out/program.mjs'),
};

const tsdown: Runner = {
  name: 'tsdown',
  variant: 'ts',
  nodes: one,
  tool: 'tsdown',
  build: (folder) => {
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({
        name: 'program',
        private: true,
        type: 'module',
        dependencies: { heddle: '*', marked: '*', ms: '*' },
      }),
    );
    const command = [process.execPath, path.join(module('tsdown'), 'dist/run.mjs'), 'program.ts'];
    const { status, output } = execute(
      [...command, '--no-dts', '--out-dir', 'out', '--platform', 'node'],
      folder,
      process.env,
    );
    if (status !== 0) throw new Error(output);
  },
  command: (binary) => [binary, 'out/program.mjs'],
};

const webpack: Runner = {
  name: 'webpack, packages bundled',
  variant: 'esm',
  nodes: one,
  tool: 'webpack',
  build: async (folder) => {
    const { default: pack } = await import('webpack');
    await new Promise<void>((resolve, reject) => {
      pack(
        {
          context: folder,
          entry: './program.js',
          mode: 'production',
          target: 'node20',
          experiments: { outputModule: true },
          output: { path: path.join(folder, 'out'), filename: 'program.mjs', module: true, chunkFormat: 'module' },
        },
        (error, stats) => {
          if (error) reject(error);
          else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')));
          else resolve();
        },
      );
    });
  },
  command: node([], 'out/program.mjs'),
};

const jest = (name: string, variant: Variant, flags: readonly string[], nodes: readonly string[]): Runner => ({
  name: `jest, ${name}`,
  variant,
  nodes,
  tool: 'jest',
  build: (folder) => {
    cpSync(path.join(folder, 'in-a-test.js'), path.join(folder, 'program.test.js'));
    writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify({ transform: {}, testEnvironment: 'node' }));
  },
  command: (binary) => [
    binary,
    ...flags,
    path.join(module('jest'), 'bin/jest.js'),
    '--runInBand',
    '--config',
    'jest.config.json',
  ],
});

export const runners: readonly Runner[] = [
  { name: 'node, ES modules', variant: 'esm', nodes: all, smoke: true, command: node([]) },
  { name: 'node, CommonJS', variant: 'cjs', nodes: all, smoke: true, command: node([]) },
  { name: 'node, type stripping', variant: 'ts', nodes: modern, smoke: true, command: node([], 'program.ts') },
  {
    name: 'node, path with a space and ü',
    variant: 'esm',
    nodes: one,
    folder: 'a path/mit Ü % #',
    command: node([]),
  },
  { name: 'node --inspect', variant: 'esm', nodes: one, command: node(['--inspect=127.0.0.1:0']) },
  {
    name: 'node --permission',
    variant: 'esm',
    nodes: one,
    command: node(['--permission', '--allow-worker', '--allow-fs-read=*', '--allow-fs-write=*']),
  },
  {
    name: 'node --permission --allow-inspector',
    variant: 'esm',
    nodes: one,
    command: node(['--permission', '--allow-inspector', '--allow-worker', '--allow-fs-read=*', '--allow-fs-write=*']),
  },
  {
    name: 'node --disallow-code-generation-from-strings',
    variant: 'esm',
    nodes: one,
    command: node(['--disallow-code-generation-from-strings']),
  },
  { name: 'node:test', variant: 'esm', nodes: all, command: node(['--test'], 'in-a-test.js') },
  {
    name: 'tsx',
    variant: 'ts',
    nodes: all,
    smoke: true,
    tool: 'tsx',
    command: (binary) => [binary, path.join(module('tsx'), 'dist/cli.mjs'), 'program.ts'],
  },
  {
    name: 'node --import tsx',
    variant: 'ts',
    nodes: all,
    tool: 'tsx',
    command: node(['--import', 'tsx'], 'program.ts'),
  },
  {
    name: 'vitest',
    variant: 'ts',
    nodes: modern,
    smoke: true,
    tool: 'vitest',
    build: (folder) => cpSync(path.join(folder, 'in-a-test.ts'), path.join(folder, 'program.test.ts')),
    command: (binary, folder) => [
      binary,
      path.join(module('vitest'), 'vitest.mjs'),
      'run',
      '--globals',
      '--root',
      folder,
    ],
  },
  jest('require()', 'cjs', [], all),
  jest('require(), --experimental-vm-modules', 'cjs', ['--experimental-vm-modules'], all),
  jest('ES modules, --experimental-vm-modules', 'esm', ['--experimental-vm-modules'], all),
  { ...esbuild('packages external', { packages: 'external' }), smoke: true },
  esbuild('packages external, minified', { packages: 'external', minify: true }),
  esbuild('packages external, split', {
    packages: 'external',
    splitting: true,
    entryPoints: ['program.ts', 'work.ts', 'barrel.ts'],
  }),
  esbuild('packages bundled', {}),
  rolldownOne,
  tsdown,
  viteSsr,
  webpack,
  {
    name: 'Bun',
    variant: 'ts',
    nodes: [],
    tool: 'bun',
    command: () => [path.join(here, 'node_modules/.bin/bun'), 'program.ts'],
  },
  {
    name: 'Deno',
    variant: 'ts',
    nodes: [],
    tool: 'deno',
    command: () => [path.join(here, 'node_modules/.bin/deno'), 'run', '-A', '--node-modules-dir=manual', 'program.ts'],
  },
  ...pluginRunners,
];
