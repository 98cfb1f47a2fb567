import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { rollup } from 'rollup';
import heddle from '@heddle/unplugin/rollup';
import { bundlers, root } from './support/builds.ts';
import { run } from './support/run.ts';

// The deferring module comes before the program's in the alphabet, and its function uses the modules the other way round.
const files: Readonly<Record<string, string>> = {
  'order.js': 'export const order = [];',
  'warp.js': `import { order } from './order.js'; order.push('warp'); export const warp = () => 1;`,
  'weft.js': `import { order } from './order.js'; order.push('weft'); export const weft = () => 2;`,
  'deferring.js': `
    import { deferToThread } from 'heddle';
    import { warp } from './warp.js';
    import { weft } from './weft.js';
    import { order } from './order.js';
    export const inThread = () => deferToThread(() => [weft(), warp(), order.join()]);`,
  'main.js': `
    import { order } from './order.js';
    import { warp } from './warp.js';
    import { weft } from './weft.js';
    import { inThread } from './deferring.js';
    inThread().then((made) => console.log(JSON.stringify([order.join(), [weft(), warp(), order.join()], made])));`,
};

const folder = path.join(root, 'build/module-order');
const input = path.join(folder, 'main.js');
const right = ['warp,weft', [2, 1, 'warp,weft'], [2, 1, 'warp,weft']];

before(async () => {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(folder, name), text)));
});
after(() => rm(folder, { recursive: true, force: true }));

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`modules run in the order of their imports, in the program and in threads: ${name}`, async () => {
    const dir = path.join(folder, name);
    await bundle({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
    assert.deepEqual(await run(root, path.join(dir, 'program.mjs')), right);
  });
}

test('no thread runs the program where Rollup puts all that has the name of heddle into one chunk', async () => {
  const dir = path.join(folder, 'grouped');
  const bundle = await rollup({ input: { program: input }, external: [/^heddle(?:\/|$)/], plugins: [heddle()] });
  const { output } = await bundle.write({
    dir,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
    sourcemap: true,
    manualChunks: (id) => (id.includes('heddle') ? 'threads' : null),
  });
  await bundle.close();
  assert.ok(output.some(({ name }) => name === 'threads'));
  assert.ok(output.every(({ fileName }) => !fileName.startsWith('heddle-program')));
  assert.deepEqual(await run(root, path.join(dir, 'program.mjs')), right);
});

test('builds at the same time that have one plug-in keep to their own programs', async () => {
  const plugins = [heddle()];
  const second = path.join(folder, 'second.js');
  await writeFile(second, `import { deferToThread } from 'heddle'; void deferToThread(() => 'of the second');`);
  const outputs = await Promise.all(
    [input, second].map(async (program) => {
      const bundle = await rollup({ input: program, external: [/^heddle(?:\/|$)/], plugins });
      const { output } = await bundle.generate({ format: 'es' });
      await bundle.close();
      return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
    }),
  );
  assert.deepEqual(
    outputs.map((text) => [text.includes('weft'), text.includes('of the second')]),
    [
      [true, false],
      [false, true],
    ],
  );
});
