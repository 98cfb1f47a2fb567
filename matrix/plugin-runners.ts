// The ways to run and bundle a program with the build plug-in. One entry is one row.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execute } from './command.ts';
import { here, work } from './prepare.ts';
import type { Runner } from './runners.ts';

const one = ['24'];
const out: Runner['command'] = (binary) => [binary, 'out/program.mjs'];
const outCommon: Runner['command'] = (binary) => [binary, 'out/program.cjs'];
const tool = (name: string): string => path.join(here, 'node_modules/.bin', name);

/** The plug-in as its package gives it, packed and installed. */
async function plugin(entry: string): Promise<never> {
  const file = path.join(work, 'node_modules/@heddle/unplugin/dist', `${entry}.mjs`);
  const { default: make } = (await import(pathToFileURL(file).href)) as { default: () => never };
  return make();
}

function esbuild(name: string, options: object): Runner {
  return {
    name: `esbuild with the plug-in, ${name}`,
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
        plugins: [await plugin('esbuild')],
        ...options,
      });
    },
    command: out,
  };
}

// What esbuild's users write where bundled CommonJS requires a module of Node's.
const banner = {
  js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
};

function rolldown(name: string, options: object): Runner {
  return {
    name: `rolldown with the plug-in, ${name}`,
    variant: 'ts',
    nodes: one,
    tool: 'rolldown',
    build: async (folder) => {
      const { build } = await import('rolldown');
      await build({
        cwd: folder,
        input: 'program.ts',
        platform: 'node',
        logLevel: 'silent',
        plugins: [await plugin('rollup')],
        output: { dir: 'out', entryFileNames: 'program.mjs', chunkFileNames: '[name]-[hash].mjs', sourcemap: true },
        ...options,
      });
    },
    command: out,
  };
}

function vite(name: string, options: object): Runner {
  return {
    name: `vite with the plug-in, SSR build, ${name}`,
    variant: 'ts',
    nodes: one,
    tool: 'vite',
    build: async (folder) => {
      const { build } = await import('vite');
      await build({
        root: folder,
        configFile: false,
        logLevel: 'silent',
        plugins: [await plugin('vite')],
        build: { ssr: 'program.ts', outDir: 'out', rollupOptions: { output: { entryFileNames: 'program.mjs' } } },
        ...options,
      });
    },
    command: out,
  };
}

function webpack(name: string, isEsm: boolean): Runner {
  return {
    name: `webpack with the plug-in, packages bundled, ${name}`,
    variant: 'esm',
    nodes: one,
    tool: 'webpack',
    build: async (folder) => {
      const { default: pack } = await import('webpack');
      const extension = isEsm ? 'mjs' : 'cjs';
      const plugged = await plugin('webpack');
      await new Promise<void>((resolve, reject) => {
        pack(
          {
            context: folder,
            entry: './program.js',
            mode: 'production',
            target: 'node20',
            experiments: { outputModule: isEsm },
            output: { path: path.join(folder, 'out'), filename: `program.${extension}`, module: isEsm },
            plugins: [plugged],
          },
          (error, stats) => {
            if (error) reject(error);
            else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')));
            else resolve();
          },
        );
      });
    },
    command: isEsm ? out : outCommon,
  };
}

const tsdown: Runner = {
  name: 'tsdown with the plug-in',
  variant: 'ts',
  nodes: one,
  tool: 'tsdown',
  build: (folder) => {
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: { heddle: '*', marked: '*', ms: '*' } }),
    );
    writeFileSync(
      path.join(folder, 'tsdown.config.mjs'),
      `import heddle from '@heddle/unplugin/rollup';
      export default { entry: 'program.ts', outDir: 'out', dts: false, platform: 'node', plugins: [heddle()] };\n`,
    );
    const { status, output } = execute([tool('tsdown'), '--config', 'tsdown.config.mjs'], folder, process.env);
    if (status !== 0) throw new Error(output);
  },
  command: out,
};

const register = (name: string, nodes: readonly string[], flags: readonly string[]): Runner => ({
  name: `node --import @heddle/unplugin/register${name}`,
  variant: 'esm',
  nodes,
  command: (binary) => [binary, ...flags, '--import', '@heddle/unplugin/register', 'program.js'],
});

/** Another runtime, whose inspector does not serve, runs what esbuild has built. */
const elsewhere = (name: string, npmPackage: string, command: readonly string[]): Runner => ({
  ...esbuild('', { packages: 'external' }),
  name: `${name}, bundle of esbuild with the plug-in`,
  nodes: [],
  tool: npmPackage,
  command: () => [...command, 'out/program.mjs'],
});

export const pluginRunners: readonly Runner[] = [
  { ...esbuild('packages external', { packages: 'external' }), smoke: true },
  esbuild('packages external, minified', { packages: 'external', minify: true }),
  esbuild('packages external, split', {
    packages: 'external',
    splitting: true,
    entryPoints: ['program.ts', 'work.ts', 'barrel.ts'],
  }),
  esbuild('packages bundled', { banner }),
  esbuild('packages bundled, minified', { banner, minify: true }),
  {
    ...esbuild('packages bundled, CommonJS', { format: 'cjs', outExtension: { '.js': '.cjs' } }),
    command: outCommon,
  },
  rolldown('packages external', { external: [/^heddle/, 'marked', 'ms'] }),
  rolldown('packages bundled', {}),
  tsdown,
  vite('packages external', {}),
  vite('packages bundled', { ssr: { noExternal: true } }),
  webpack('ES modules', true),
  webpack('CommonJS', false),
  { ...register('', ['22', '24', '26'], []), smoke: true },
  register(', --disallow-code-generation-from-strings', one, ['--disallow-code-generation-from-strings']),
  register(', --permission', one, [
    '--permission',
    '--allow-worker',
    '--allow-addons',
    '--allow-fs-read=*',
    '--allow-fs-write=*',
  ]),
  elsewhere('Bun', 'bun', [tool('bun')]),
  elsewhere('Deno', 'deno', [tool('deno'), 'run', '-A', '--node-modules-dir=manual']),
];
