import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const main = path.join(fixtures, 'forms/main.ts');
const output = path.join(root, 'build/forms');
after(() => rm(output, { recursive: true, force: true }));

type Answers = Record<string, readonly [inThread: unknown, inline: unknown]>;

describe('each form of call and of closure goes by an address, without code generation,', () => {
  for (const [name, bundle] of Object.entries(bundlers)) {
    it(`built by ${name}`, async () => {
      const dir = path.join(output, name);
      await bundle({ input: main, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      const program = path.join(dir, 'program.mjs');
      const report = await run(root, '--disallow-code-generation-from-strings', program);
      const { first, second } = report as { first: Answers; second: Answers };
      for (const answers of [first, second]) {
        assert.equal(Object.keys(answers).length, 39);
        for (const [form, [inThread, inline]] of Object.entries(answers)) assert.deepEqual(inThread, inline, form);
      }
    });
  }
});
