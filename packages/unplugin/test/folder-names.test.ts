import assert from 'node:assert/strict';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const output = path.join(root, 'build/folder-names');
const folder = path.join(output, 'C#');
before(async () => {
  await mkdir(output, { recursive: true });
  await cp(path.join(fixtures, 'layout'), folder, { recursive: true });
});
after(() => rm(output, { recursive: true, force: true }));

describe('what is deferred in a folder with a # in its name goes by an address, without code generation,', () => {
  for (const [name, bundle] of Object.entries(bundlers)) {
    it(`built by ${name}`, async () => {
      const input = path.join(folder, 'web/main.ts');
      const dir = path.join(folder, `out/${name}`);
      await bundle({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      assert.equal(await run(root, '--disallow-code-generation-from-strings', path.join(dir, 'program.mjs')), 43);
    });
  }
});
