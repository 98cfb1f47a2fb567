// Layouts other than npm's, each with packages of its own.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './command.ts';
import { here, type Variant, work } from './prepare.ts';
import { all, module, node, packages, type Runner } from './runner.ts';

function writeManifest(folder: string, variant: Variant): void {
  const { devDependencies } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
  const [tarball = ''] = globSync('heddle-*.tgz', { cwd: work });
  const versions = packages.map((name) => [name, devDependencies[name] ?? `file:${path.join(work, tarball)}`]);
  const type = variant === 'cjs' ? 'commonjs' : 'module';
  const manifest = { name: 'program', private: true, type, dependencies: Object.fromEntries(versions) };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}

function run(command: readonly string[], folder: string): void {
  const { status, output } = execute([process.execPath, ...command], folder, process.env);
  if (status !== 0) throw new Error(output);
}

const pnpm: Runner = {
  name: 'pnpm',
  variant: 'esm',
  nodes: all,
  smoke: true,
  tool: 'pnpm',
  build: (folder) => {
    writeManifest(folder, 'esm');
    // A workspace of its own: what is installed above is not to be seen.
    writeFileSync(path.join(folder, 'pnpm-workspace.yaml'), 'packages: []\n');
    const [bin = ''] = globSync('bin/pnpm.{mjs,cjs}', { cwd: module('pnpm') });
    run([path.join(module('pnpm'), bin), 'install', '--store-dir', path.join(work, 'pnpm-store')], folder);
  },
  command: node([]),
};

const yarnPnp = (variant: 'esm' | 'cjs'): Runner => ({
  name: `Yarn PnP, ${variant === 'esm' ? 'ES modules' : 'CommonJS'}`,
  variant,
  nodes: all,
  ...(variant === 'esm' ? { smoke: ['22'] } : {}),
  tool: '@yarnpkg/cli-dist',
  build: (folder) => {
    writeManifest(folder, variant);
    const registry = execute(['npm', 'config', 'get', 'registry'], folder, process.env).output.trim();
    const settings = {
      nodeLinker: 'pnp',
      pnpEnableEsmLoader: true,
      enableGlobalCache: false,
      cacheFolder: path.join(work, 'yarn-cache'),
      enableTelemetry: false,
      npmRegistryServer: registry,
      unsafeHttpWhitelist: [new URL(registry).hostname],
    };
    // JSON is YAML.
    writeFileSync(path.join(folder, '.yarnrc.yml'), JSON.stringify(settings));
    writeFileSync(path.join(folder, 'yarn.lock'), '');
    run([path.join(module('@yarnpkg/cli-dist'), 'bin/yarn.js'), 'install', '--no-immutable'], folder);
  },
  command: node(['--require', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs']),
});

export const packageManagers: readonly Runner[] = [pnpm, yarnPnp('esm'), yarnPnp('cjs')];
