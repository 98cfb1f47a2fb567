import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { rolldown } from 'rolldown';
import { replacePlugin } from 'rolldown/plugins';
import rollupPlugin from '@heddle/unplugin/rollup';
import { root } from './support/builds.ts';
import { run } from './support/run.ts';

const main = `
import { deferToThread } from 'heddle';
const both = async () => [await deferToThread(() => __LOOM__), __LOOM__];
console.log(JSON.stringify(await both()));
`;

test("a deferred function may use what a plug-in puts a text in the place of, as Rollup's `replace` does", async (t) => {
  const dir = path.join(root, 'build/replaced');
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  const input = path.join(dir, 'main.js');
  await writeFile(input, main);
  const bundle = await rolldown({
    input,
    platform: 'node',
    external: [/^heddle(?:\/|$)/],
    plugins: [rollupPlugin(), replacePlugin({ __LOOM__: JSON.stringify('warp') }, { preventAssignment: true })],
  });
  await bundle.write({ dir: path.join(dir, 'out'), format: 'esm', entryFileNames: 'program.mjs' });
  await bundle.close();
  const program = path.join(dir, 'out/program.mjs');
  assert.deepEqual(await run(root, '--disallow-code-generation-from-strings', program), ['warp', 'warp']);
});
