// The ways to run and bundle a program with the build plug-in. Where packages are bundled, the bundle runs where no
// package can be found.
import path from 'node:path';
import { banner, besideModules, builds, byItself, webpackModule } from './builds.ts';
import { here } from './prepare.ts';
import { modern, node, one, type Runner } from './runner.ts';

const { esbuild, rolldown, tsdown, vite, webpack } = builds(true);
const bin = (name: string): string => path.join(here, 'node_modules', '.bin', name);

const register = (name: string, nodes: readonly string[], flags: readonly string[]): Runner => ({
  name: `node --import @heddle/unplugin/register${name}`,
  variant: 'esm',
  nodes,
  command: node([...flags, '--import', '@heddle/unplugin/register']),
});

/** Another runtime, whose inspector does not serve, runs what esbuild has built. */
const elsewhere = (name: string, tool: string, command: readonly string[]): Runner => ({
  ...esbuild('', { packages: 'external' }),
  name: `${name}, bundle of esbuild with the plug-in`,
  nodes: [],
  tool,
  command: () => [...command, 'out/program.mjs'],
});

const bundled: readonly Runner[] = [
  { ...esbuild('packages external', { packages: 'external' }), smoke: true },
  esbuild('packages external, minified', { packages: 'external', minify: true }),
  esbuild('packages external, split', {
    packages: 'external',
    splitting: true,
    entryPoints: ['program.ts', 'work.ts', 'barrel.ts', 'money.ts'],
  }),
  byItself(esbuild('packages bundled', { banner })),
  byItself(esbuild('packages bundled, minified', { banner, minify: true })),
  byItself(esbuild('packages bundled, CommonJS', { format: 'cjs', outExtension: { '.js': '.cjs' } }), 'program.cjs'),
  rolldown('packages external', {}, {}),
  byItself(rolldown('packages bundled', { external: [] }, {})),
  tsdown(),
  vite('', {}),
  byItself(vite(', packages bundled', {}, { noExternal: true })),
  byItself(webpack('packages bundled', webpackModule)),
  byItself(webpack('packages bundled, CommonJS', { output: { filename: '[name].cjs' } }), 'program.cjs'),
  elsewhere('Bun', 'bun', [bin('bun')]),
  elsewhere('Deno', 'deno', [bin('deno'), 'run', '-A', '--node-modules-dir=manual']),
];

const registered: readonly Runner[] = [
  { ...register('', modern, []), smoke: true },
  register(', --disallow-code-generation-from-strings', one, ['--disallow-code-generation-from-strings']),
  register(', --permission', one, [
    '--permission',
    '--allow-worker',
    '--allow-addons',
    '--allow-fs-read=*',
    '--allow-fs-write=*',
  ]),
];

export const pluginRunners: readonly Runner[] = [...bundled.map(besideModules), ...registered];
