import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import esbuildPlugin from '@heddle/unplugin/esbuild';
import rollupPlugin from '@heddle/unplugin/rollup';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = path.join(root, 'test/fixtures/program/main.ts');
const refused = path.join(root, 'test/fixtures/program/refused.ts');
const output = path.join(root, 'build/programs');
const stripsTypes = process.features.typescript !== undefined && process.features.typescript !== false;

// Neither may be needed: what comes from a module asks nobody, and makes no code of texts.
const STRICT = ['--disallow-code-generation-from-strings'];

interface Report {
  readonly first: Record<string, readonly [unknown, unknown]>;
  readonly second: Record<string, readonly [unknown, unknown]>;
  readonly shadowed: number;
  readonly failure: string;
  readonly early: string;
}

async function run(...args: readonly string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 60_000 });
  return JSON.parse(stdout);
}

function check({ first, second, shadowed }: Report): void {
  for (const answers of [first, second]) {
    for (const [name, [inThread, inline]] of Object.entries(answers)) assert.deepEqual(inThread, inline, name);
    assert.equal(Object.keys(answers).length, 14);
  }
  assert.equal(shadowed, 1);
}

before(() => mkdir(output, { recursive: true }));
after(() => rm(output, { recursive: true, force: true }));

describe('a program built by esbuild', () => {
  for (const minify of [false, true]) {
    it(`gives in threads what it gives inline, ${minify ? 'minified' : 'as it is'}, without code generation`, async () => {
      const outdir = path.join(output, minify ? 'esbuild-minified' : 'esbuild');
      await esbuild.build({
        entryPoints: [main],
        bundle: true,
        platform: 'node',
        format: 'esm',
        outdir,
        outExtension: { '.js': '.mjs' },
        minify,
        logLevel: 'silent',
        plugins: [esbuildPlugin()],
      });
      check(await run(...STRICT, path.join(outdir, 'main.mjs')));
    });
  }

  it('is refused at build time where a change would be lost, with file, line and column', async () => {
    const build = esbuild.build({
      entryPoints: [refused],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      outdir: output,
      logLevel: 'silent',
      plugins: [esbuildPlugin()],
    });
    await assert.rejects(build, (error: esbuild.BuildFailure) => {
      const [{ text, location } = assert.fail('no error')] = error.errors;
      assert.match(text, /HEDDLE_ASSIGNS_CAPTURED.*refused\.ts:5:3.*count/);
      assert.equal(location?.line, 5);
      return true;
    });
  });
});

describe('a program built by rolldown', () => {
  for (const minify of [false, true]) {
    it(`gives in threads what it gives inline, ${minify ? 'minified' : 'as it is'}, without code generation`, async () => {
      const dir = path.join(output, minify ? 'rolldown-minified' : 'rolldown');
      const bundle = await rolldown({ input: main, platform: 'node', plugins: [rollupPlugin()] });
      await bundle.write({
        dir,
        format: 'esm',
        minify,
        entryFileNames: '[name].mjs',
        chunkFileNames: '[name]-[hash].mjs',
      });
      await bundle.close();
      check(await run(...STRICT, path.join(dir, 'main.mjs')));
    });
  }

  it('is refused at build time where a change would be lost', async () => {
    const bundle = await rolldown({ input: refused, platform: 'node', plugins: [rollupPlugin()] });
    await assert.rejects(bundle.generate({ format: 'esm' }), /HEDDLE_ASSIGNS_CAPTURED/);
  });
});

const unbundled =
  typeof process.getBuiltinModule('node:module').registerHooks !== 'function'
    ? 'module.registerHooks came with Node 22.15'
    : !stripsTypes && 'this Node does not strip types';

describe('a program that no bundler builds', { skip: unbundled }, () => {
  it('gives in threads what it gives inline', async () => {
    check(await run('--import', '@heddle/unplugin/register', main));
  });

  it('is told of a captured variable that has not been initialised yet', async () => {
    const { early } = await run('--import', '@heddle/unplugin/register', main);
    assert.equal(early, 'HEDDLE_DEAD_ZONE');
  });

  it('keeps the lines and columns of its source in the stacks of threads', async () => {
    const { failure } = await run('--import', '@heddle/unplugin/register', main);
    assert.match(failure, /at failing \(.*main\.ts\?heddle-thread=\d+:28:9\)/);
  });
});
