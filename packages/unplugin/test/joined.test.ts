import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import rollupPlugin from '@heddle/unplugin/rollup';
import { fixtures, withoutTypes } from './support/builds.ts';

const input = path.join(fixtures, 'counted/main.ts');
const external = [/^heddle(?:\/|$)/];

const builds = {
  'by the option inlineDynamicImports of Rollup': async () => {
    const bundle = await rollup({
      input,
      external,
      plugins: [rollupPlugin(), { name: 'types', transform: withoutTypes }],
    });
    await bundle.generate({ format: 'es', inlineDynamicImports: true });
  },
  'by a group of chunks of Rolldown': async () => {
    const bundle = await rolldown({ input, platform: 'node', external, plugins: [rollupPlugin()] });
    await bundle.generate({ format: 'esm', codeSplitting: { groups: [{ name: 'all', test: /counted/ }] } });
  },
};

describe('a program whose entry comes into one file with what it defers is refused when it is built,', () => {
  for (const [how, build] of Object.entries(builds)) {
    it(how, async () => {
      await assert.rejects(build(), /HEDDLE_ENTRY_MODULE: \S+ has both \S+counted\/main\.ts, an entry module, and/);
    });
  }
});
