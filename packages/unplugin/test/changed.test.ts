import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const main = path.join(fixtures, 'changed/main.ts');
const output = path.join(root, 'build/changed');
after(() => rm(output, { recursive: true, force: true }));

// The bundlers that compile TypeScript's enums and namespaces by themselves.
for (const name of ['esbuild', 'vite'] as const) {
  describe(`what a program built by ${name} changes after its declaration`, () => {
    it('never goes to a thread as it was declared', async () => {
      const dir = path.join(output, name);
      await bundlers[name]({ input: main, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      const answers = (await run(root, path.join(dir, 'program.mjs'))) as Record<string, readonly [unknown, unknown]>;
      const refused = Object.keys(answers).filter((form) => answers[form]?.[0] === 'HEDDLE_CAPTURES_UNCLONABLE');
      for (const form of refused) delete answers[form];
      for (const [form, [inThread, inline]] of Object.entries(answers)) assert.deepEqual(inThread, inline, form);
      // As without the plug-in: their own texts do not hold what was put on them.
      assert.deepEqual(refused, ['namespace', 'prototype', 'assigned', 'defined', 'asserted', 'deleted']);
      assert.deepEqual(Object.keys(answers), ['enum', 'twice', 'withinNamespace', 'replaced', 'madeGlobal']);
    });
  });
}
