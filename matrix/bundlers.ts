// Bundlers without the build plug-in. Where packages are bundled, the bundle runs where no package can be found.
import { banner, besideModules, builds, byItself, webpackModule } from './builds.ts';
import { all, node, packages, type Runner } from './runner.ts';

const { esbuild, rolldown, tsdown, vite, webpack } = builds(false);

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
  { ...tsdown(), smoke: true },
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

export const bundlers: readonly Runner[] = rows.map(besideModules);
