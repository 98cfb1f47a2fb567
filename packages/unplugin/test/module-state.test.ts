import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const output = path.join(root, 'build/module-state');
after(() => rm(output, { recursive: true, force: true }));

describe('a module that several deferred functions use has one state in a thread,', () => {
  // With webpack, each function has instances of its own.
  for (const name of ['esbuild', 'rolldown', 'rollup', 'vite'] as const) {
    for (const format of name === 'vite' ? (['esm'] as const) : (['esm', 'cjs'] as const)) {
      it(`built by ${name} as ${format}`, async () => {
        const dir = path.join(output, `${name}-${format}`);
        const input = path.join(fixtures, 'counted/main.ts');
        await bundlers[name]({ input, dir, minify: false, format, bundlesHeddle: false, plugged: true });
        const program = path.join(dir, `program.${format === 'esm' ? 'mjs' : 'cjs'}`);
        assert.deepEqual(await run(root, '--disallow-code-generation-from-strings', program), [1, 2, 3]);
      });
    }
  }
});
