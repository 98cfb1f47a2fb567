// Every way to run or bundle a program that the matrix tries, in the order of the table.
import path from 'node:path';
import { bundlers } from './bundlers.ts';
import { packageManagers } from './package-managers.ts';
import { pluginRunners } from './plugin-runners.ts';
import { here } from './prepare.ts';
import { all, modern, module, node, one, type Runner } from './runner.ts';
import { testRunners } from './test-runners.ts';

export type { Runner } from './runner.ts';

const permission = ['--permission', '--allow-worker', '--allow-fs-read=*', '--allow-fs-write=*'];
const bin = (name: string): string => path.join(here, 'node_modules', '.bin', name);

const nodeItself: readonly Runner[] = [
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
  { name: 'node --permission', variant: 'esm', nodes: one, command: node(permission) },
  {
    name: 'node --permission --allow-inspector',
    variant: 'esm',
    nodes: one,
    command: node([...permission, '--allow-inspector']),
  },
  {
    name: 'node --disallow-code-generation-from-strings',
    variant: 'esm',
    nodes: one,
    command: node(['--disallow-code-generation-from-strings']),
  },
];

const tsx: Runner = {
  name: 'tsx',
  variant: 'ts',
  nodes: all,
  smoke: ['20.19.0'],
  tool: 'tsx',
  command: (binary) => [binary, path.join(module('tsx'), 'dist/cli.mjs'), 'program.ts'],
};

const otherRuntimes: readonly Runner[] = [
  { name: 'Bun', variant: 'ts', nodes: [], smoke: true, tool: 'bun', command: () => [bin('bun'), 'program.ts'] },
  {
    name: 'Deno',
    variant: 'ts',
    nodes: [],
    smoke: true,
    tool: 'deno',
    command: () => [bin('deno'), 'run', '-A', '--node-modules-dir=manual', 'program.ts'],
  },
];

export const runners: readonly Runner[] = [
  ...nodeItself,
  tsx,
  { ...tsx, name: 'tsx, CommonJS package', type: 'commonjs' },
  { ...tsx, name: 'node --import tsx', command: node(['--import', 'tsx'], 'program.ts') },
  ...testRunners,
  ...packageManagers,
  ...bundlers,
  ...otherRuntimes,
  ...pluginRunners,
];
