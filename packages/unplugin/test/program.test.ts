import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';
import { run } from './support/run.ts';

const main = path.join(fixtures, 'program/main.ts');
const refused = path.join(fixtures, 'program/refused.ts');
const output = path.join(root, 'build/programs');
const stripsTypes = process.features.typescript !== undefined && process.features.typescript !== false;

// Neither may be needed: what comes from a module asks nobody, and makes no code of texts.
const STRICT = '--disallow-code-generation-from-strings';

interface Report {
  readonly first: Record<string, readonly [unknown, unknown]>;
  readonly second: Record<string, readonly [unknown, unknown]>;
  readonly shadowed: number;
  readonly failure: string;
  readonly early: string;
}

async function report(...args: readonly string[]): Promise<Report> {
  return (await run(root, ...args)) as Report;
}

function check({ first, second, shadowed, early }: Report): void {
  for (const answers of [first, second]) {
    for (const [name, [inThread, inline]] of Object.entries(answers)) assert.deepEqual(inThread, inline, name);
    assert.equal(Object.keys(answers).length, 14);
  }
  assert.equal(shadowed, 1);
  assert.equal(early, 'HEDDLE_DEAD_ZONE');
}

let elsewhere: string;
before(async () => {
  // A folder above which nothing is installed.
  elsewhere = await mkdtemp(path.join(tmpdir(), 'heddle-programs-'));
});
after(async () => {
  await rm(output, { recursive: true, force: true });
  await rm(elsewhere, { recursive: true, force: true });
});

/** Each format of each bundler, and each bundler that minifies with it and without; not each with each. */
const builds = {
  esbuild: [
    ['esm', true],
    ['cjs', false],
  ],
  rolldown: [
    ['esm', false],
    ['cjs', true],
  ],
  rollup: [['esm', false]],
  vite: [
    ['esm', false],
    ['esm', true],
  ],
  webpack: [
    ['esm', false],
    ['cjs', true],
  ],
} as const;

for (const [name, bundle] of Object.entries(bundlers)) {
  describe(`a program built by ${name}`, () => {
    for (const [format, minify] of builds[name as keyof typeof builds]) {
      const how = `as ${format === 'esm' ? 'ES modules' : 'CommonJS'}${minify ? ', minified' : ''}`;
      const file = `program.${format === 'esm' ? 'mjs' : 'cjs'}`;

      it(`gives in threads what it gives inline, without code generation, ${how}`, async () => {
        const dir = path.join(output, `${name}-${format}-${minify}`);
        await bundle({ input: main, dir, minify, format, bundlesHeddle: false, plugged: true });
        check(await report(STRICT, path.join(dir, file)));
      });

      if (name === 'rollup') continue;
      it(`needs no installed package when heddle is bundled, ${how}`, async () => {
        const dir = path.join(elsewhere, `${name}-${format}-${minify}`);
        await bundle({ input: main, dir, minify, format, bundlesHeddle: true, plugged: true });
        check(await report(STRICT, path.join(dir, file)));
      });
    }

    it('is refused at build time where a change would be lost, with file, line and column', async () => {
      const dir = path.join(output, `${name}-refused`);
      const built = bundle({ input: refused, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      await assert.rejects(built, /HEDDLE_ASSIGNS_CAPTURED.*refused\.ts:5:3.*count/);
    });

    it('is refused at build time where a thread would load its entry', async () => {
      const input = path.join(fixtures, 'program/imports-entry.ts');
      const dir = path.join(output, `${name}-imports-entry`);
      const built = bundle({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      await assert.rejects(built, /(?=[^]*of-entry\.ts)[^]*HEDDLE_ENTRY_MODULE.* imports .*imports-entry\.ts/);
    });
  });
}

const unbundled =
  typeof process.getBuiltinModule('node:module').registerHooks !== 'function'
    ? 'module.registerHooks came with Node 22.15'
    : !stripsTypes && 'this Node does not strip types';

describe('a program that no bundler builds', { skip: unbundled }, () => {
  it('gives in threads what it gives inline', async () => {
    check(await report('--import', '@heddle/unplugin/register', main));
  });

  it('gives the same without code generation', async () => {
    check(await report(STRICT, '--import', '@heddle/unplugin/register', main));
  });

  it('keeps the lines and columns of its source in the stacks of threads', async () => {
    const { failure } = await report('--import', '@heddle/unplugin/register', main);
    assert.match(failure, /at failing \(.*main\.ts\?heddle-thread=\d+:28:9\)/);
  });

  it('keeps them also where lines end as on Windows', async () => {
    const source = [
      "import { deferToThread } from 'heddle';",
      'await deferToThread(',
      '  () => {',
      "    throw new Error('here');",
      '  },',
      ').catch(({ stack }) => console.log(JSON.stringify(stack)));',
    ];
    const program = path.join(output, 'windows-lines.mjs');
    await mkdir(output, { recursive: true });
    await writeFile(program, source.join('\r\n'));
    assert.match(String(await run(root, '--import', '@heddle/unplugin/register', program)), /:4:11\)/);
  });

  it('may defer what its entry exports', async () => {
    const program = path.join(fixtures, 'program/exports-function.ts');
    assert.equal(await run(root, '--import', '@heddle/unplugin/register', program), 42);
  });
});
