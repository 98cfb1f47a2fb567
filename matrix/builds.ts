// How the bundlers are called, with the build plug-in or without it.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Configuration } from 'webpack';
import { execute } from './command.ts';
import { alone, layOut, work } from './prepare.ts';
import { module, node, one, packages, type Runner } from './runner.ts';

/** Makes the rows of one bundler. */
export interface Builds {
  esbuild(name: string, options: object): Runner;
  rolldown(name: string, input: object, output: object): Runner;
  tsdown(): Runner;
  vite(name: string, build: object, ssr?: object): Runner;
  webpack(name: string, configuration: Configuration, entry?: string): Runner;
}

/** What esbuild's users write where bundled CommonJS requires a module of Node's. */
export const banner: { readonly js: string } = {
  js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
};

/** What makes webpack write ES modules. */
export const webpackModule: Configuration = {
  experiments: { outputModule: true },
  output: { filename: '[name].mjs', module: true, chunkFormat: 'module' },
};

/** @param plugged whether the program is built with `@heddle/unplugin` */
export function builds(plugged: boolean): Builds {
  const command = node([], 'out/program.mjs');
  const named = (bundler: string, name: string): string => `${bundler}${plugged ? ' with the plug-in' : ''}${name}`;
  const plugins = async (entry: string): Promise<never[]> => (plugged ? [await plugin(entry)] : []);
  return {
    esbuild: (name, options) => ({
      name: named('esbuild', `, ${name}`),
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
          plugins: await plugins('esbuild'),
          ...options,
        });
      },
      command,
    }),
    rolldown: (name, input, output) => ({
      name: named('rolldown', `, ${name}`),
      variant: 'ts',
      nodes: one,
      tool: 'rolldown',
      build: async (folder) => {
        const { build } = await import('rolldown');
        await build({
          cwd: folder,
          input: 'program.ts',
          platform: 'node',
          // With what is within a package, as `@heddle/unplugin` imports it.
          external: packages.map((name) => new RegExp(`^${name}(?:/|$)`)),
          logLevel: 'silent',
          plugins: await plugins('rollup'),
          ...input,
          output: {
            dir: 'out',
            entryFileNames: '[name].mjs',
            chunkFileNames: plugged ? '[name]-[hash].mjs' : '[name].mjs',
            sourcemap: true,
            ...output,
          },
        });
      },
      command,
    }),
    tsdown: () => ({
      name: named('tsdown', ''),
      variant: 'ts',
      nodes: one,
      tool: 'tsdown',
      build: (folder) => {
        const dependencies = Object.fromEntries(packages.map((name) => [name, '*']));
        const manifest = { name: 'program', private: true, type: 'module', dependencies };
        writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
        const plugin = "import heddle from '@heddle/unplugin/rollup'; export default { plugins: [heddle()] };";
        writeFileSync(path.join(folder, 'tsdown.config.mjs'), plugged ? plugin : 'export default {};');
        const tool = [process.execPath, path.join(module('tsdown'), 'dist/run.mjs'), 'program.ts'];
        const options = ['--no-dts', '--out-dir', 'out', '--platform', 'node'];
        const { status, output } = execute([...tool, ...options], folder, process.env);
        if (status !== 0) throw new Error(output);
      },
      command,
    }),
    vite: (name, build, ssr = {}) => ({
      name: named('vite', `, SSR build${name}`),
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
          plugins: await plugins('vite'),
          build: {
            ssr: 'program.ts',
            outDir: 'out',
            rollupOptions: { output: { entryFileNames: 'program.mjs' } },
            ...build,
          },
        });
      },
      command,
    }),
    webpack: (name, { output, ...configuration }, entry = 'out/program.mjs') => ({
      name: named('webpack', `, ${name}`),
      variant: 'esm',
      nodes: one,
      tool: 'webpack',
      build: async (folder) => {
        const { default: pack } = await import('webpack');
        const complete: Configuration = {
          context: folder,
          entry: { program: './program.js' },
          mode: 'production',
          target: 'node20',
          plugins: await plugins('webpack'),
          ...configuration,
          output: { path: path.join(folder, 'out'), ...output },
        };
        await new Promise<void>((resolve, reject) => {
          pack(complete, (error, stats) => {
            if (error) reject(error);
            else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')));
            else resolve();
          });
        });
      },
      command: node([], entry),
    }),
  };
}

/** Runs a bundle where none of what it was made of is at hand. */
export function byItself(runner: Runner, entry = 'program.mjs'): Runner {
  const place = (folder: string): string => path.join(alone, path.basename(folder));
  return {
    ...runner,
    isAlone: true,
    build: async (folder) => {
      await runner.build?.(folder);
      rmSync(place(folder), { recursive: true, force: true });
      mkdirSync(alone, { recursive: true });
      cpSync(path.join(folder, 'out'), place(folder), { recursive: true });
    },
    command: (binary, folder) => [binary, path.join(place(folder), entry)],
  };
}

/** What `threadFunction` names lies beside the bundle, in JavaScript. */
export function besideModules(row: Runner): Runner {
  const build = async (folder: string): Promise<void> => {
    layOut(path.join(path.basename(folder), 'beside'), 'esm');
    await row.build?.(folder);
  };
  return { ...row, work: 'beside/work.js', build };
}

/** The plug-in as its package gives it, packed and installed. */
async function plugin(entry: string): Promise<never> {
  const file = path.join(work, 'node_modules/@heddle/unplugin/dist', `${entry}.mjs`);
  const { default: make } = (await import(pathToFileURL(file).href)) as { default: () => never };
  return make();
}
