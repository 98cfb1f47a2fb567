import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import type { Judgement } from '#judge';
import { programs, run } from './program.ts';

const WRITTEN = 'deferToThread(digest, request.password as string, /* rounds, (not) more */ 1)';

describe('under --inspect, the judge', { concurrency: 2 }, () => {
  for (const [who, verdict] of [
    ['nobody', /^deferrable: /],
    ['own', /^deferrable: /],
    ['somebody', /^unknown: A debugger is attached/],
  ] as const) {
    const skip = process.platform === 'linux' ? false : 'Only Linux tells who is connected.';
    test(`says ${String(verdict)} with ${who} at the port`, { skip }, async () => {
      const { output, errors, code } = await run('debugged.mjs', [who]);
      assert.equal(code, 0, errors);
      assert.match(output, verdict);
    });
  }
});

describe('the text of a call', { concurrency: 2 }, () => {
  const strips = (process.features as { readonly typescript?: unknown }).typescript;

  test('is that of the TypeScript that Node has stripped of its types', {
    skip: strips ? false : 'This Node runs no TypeScript.',
  }, async () => {
    const { output, errors } = await run('typed.ts', [], ['--disable-warning=ExperimentalWarning']);
    assert.equal(errors, '');
    assert.equal((JSON.parse(output) as Judgement).write, WRITTEN);
  });

  test('is that of the source of a minified bundle', async () => {
    // In the package, so that it is found by the bundle.
    const folder = mkdtempSync(path.join(import.meta.dirname, 'bundle-'));
    try {
      const outfile = path.join(folder, 'typed.mjs');
      await build({
        entryPoints: [path.join(programs, 'typed.ts')],
        outfile,
        bundle: true,
        minify: true,
        sourcemap: true,
        platform: 'node',
        format: 'esm',
        external: ['#judge', 'heddle'],
      });
      const call = /\{return (\w+\(\w+\.password)/.exec(readFileSync(outfile, 'utf8'))?.[1];
      const { output, errors } = await run(path.relative(programs, outfile), ['-', `return |${call}`]);
      assert.equal(errors, '');
      assert.equal((JSON.parse(output) as Judgement).write, WRITTEN);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('the code of a CommonJS module is found in a folder whose name V8 and Node spell differently in URLs', async () => {
  const { output, errors } = await run('odd-folder.mjs');
  assert.equal(errors, '');
  // Too short to tell, unless this process had no processor meanwhile.
  assert.match(output, /^The call (?:that was watched took|takes) /);
});
