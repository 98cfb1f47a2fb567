// Test runners: the fixture program is the body of a test.
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Variant } from './prepare.ts';
import { all, modern, module, node, type Runner } from './runner.ts';

const jest = (name: string, variant: Variant, flags: readonly string[], build: (folder: string) => void): Runner => ({
  name: `jest, ${name}`,
  variant,
  nodes: all,
  tool: 'jest',
  build: (folder) => {
    writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify({ transform: {}, testEnvironment: 'node' }));
    build(folder);
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

const asItIs = (folder: string): void =>
  cpSync(path.join(folder, 'in-a-test.js'), path.join(folder, 'program.test.js'));

/** The test gets what is an ES module by `import()`, and requires the rest of the program. */
function byImport(folder: string): void {
  for (const file of globSync('*.js', { cwd: folder })) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    // A thread, which is no test, requires them.
    const given = text.replaceAll(/require\("(heddle|marked)"\)/g, '(globalThis.given?.$1 ?? require("$1"))');
    writeFileSync(path.join(folder, file), given);
  }
  cpSync(path.join(folder, 'imports-heddle.cjs'), path.join(folder, 'program.test.js'));
}

const flag = ['--experimental-vm-modules'];

export const testRunners: readonly Runner[] = [
  { name: 'node:test', variant: 'esm', nodes: all, command: node(['--test'], 'in-a-test.js') },
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
  jest('require()', 'cjs', [], asItIs),
  jest('require(), --experimental-vm-modules', 'cjs', flag, asItIs),
  jest('import() in CommonJS', 'cjs', [], byImport),
  { ...jest('import() in CommonJS, --experimental-vm-modules', 'cjs', flag, byImport), smoke: ['20.19.0'] },
  { ...jest('ES modules, --experimental-vm-modules', 'esm', flag, asItIs), smoke: true },
];
