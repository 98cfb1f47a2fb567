import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { rolldown } from 'rolldown';
import { build as vite } from 'vite';
import rollupPlugin from '@heddle/unplugin/rollup';
import vitePlugin from '@heddle/unplugin/vite';
import { fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const input = path.join(fixtures, 'counted/main.ts');
const output = path.join(root, 'build/external');
after(() => rm(output, { recursive: true, force: true }));

// As lists of a package's dependencies name it: without what lies in the package.
const external = ['heddle'];

const builds = {
  rolldown: async (dir: string) => {
    const bundle = await rolldown({ input, platform: 'node', external, plugins: [rollupPlugin()] });
    await bundle.write({ dir, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
    await bundle.close();
  },
  vite: (dir: string) =>
    vite({
      root: path.dirname(input),
      configFile: false,
      logLevel: 'silent',
      plugins: [vitePlugin()],
      ssr: { noExternal: true },
      build: { ssr: input, outDir: dir, rolldownOptions: { external, output: { entryFileNames: '[name].mjs' } } },
    }),
};

describe('what is deferred goes by an address where the options keep heddle out of the bundle by its name alone,', () => {
  for (const [name, build] of Object.entries(builds)) {
    it(`built by ${name}`, async () => {
      const dir = path.join(output, name);
      await build(dir);
      assert.deepEqual(
        await run(root, '--disallow-code-generation-from-strings', path.join(dir, 'main.mjs')),
        [1, 2, 3],
      );
    });
  }
});
