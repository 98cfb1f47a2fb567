import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import * as esbuild from 'esbuild';
import heddle from '@heddle/unplugin/esbuild';
import { root } from './support/builds.ts';
import { run } from './support/run.ts';

const main = `
import { deferToThread } from 'heddle';
import { Loom } from './loom.js';
const size = { width_: 1, height_: 2, depth_: 3, 'given': { x: 4, y: 5 } };
const f = (more) => [size.height_, size['given'].x + size.given.y, more.depth_, new Loom(more).area_(), { made_: 6, ...more }];
const g = () => [size.width_, size.height_];
const read = ([height, given, depth, area, { made_, width_ }]) => [height, given, depth, area, made_, width_];
Promise.all([deferToThread(f, size).then(read), deferToThread(g)]).then((results) => {
  console.log(JSON.stringify([results, [read(f(size)), g()]]));
});
`;
const loom =
  'export class Loom { constructor(s) { this.size_ = s; } area_() { return this.size_.height_ * this.size_.depth_; } }';

for (const format of ['esm', 'cjs'] as const) {
  for (const mangleCache of [undefined, { width_: 'w' } as Record<string, string>]) {
    const how = `${format}${mangleCache ? ', with names given' : ''}`;
    test(`properties have the same names in threads where esbuild gives them shorter ones, ${how}`, async (t) => {
      const dir = path.join(root, `build/property-names-${how.replaceAll(/\W+/g, '-')}`);
      t.after(() => rm(dir, { recursive: true, force: true }));
      await mkdir(dir, { recursive: true });
      await writeFile(path.join(dir, 'main.js'), main);
      await writeFile(path.join(dir, 'loom.js'), loom);
      const { mangleCache: given } = await esbuild.build({
        entryPoints: { program: path.join(dir, 'main.js') },
        bundle: true,
        platform: 'node',
        format,
        outdir: dir,
        outExtension: { '.js': format === 'esm' ? '.mjs' : '.cjs' },
        external: ['heddle', 'heddle/*'],
        mangleProps: /_$/,
        ...(mangleCache && { mangleCache }),
        plugins: [heddle()],
      });
      assert.equal(given?.['width_'], mangleCache?.['width_']);
      const [inThread, inline] = (await run(
        root,
        path.join(dir, `program.${format === 'esm' ? 'mjs' : 'cjs'}`),
      )) as unknown[];
      assert.deepEqual(inThread, inline);
    });
  }
}
