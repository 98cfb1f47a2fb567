import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import * as esbuild from 'esbuild';
import heddle from '@heddle/unplugin/esbuild';
import { root } from './support/builds.ts';
import { run } from './support/run.ts';

const work = 'export const $0 = (x) => x * 2;\nexport const Émile = (x) => x.n;\n';
const imported = "import { deferToThread } from 'heddle';\n";
const noHooks =
  typeof process.getBuiltinModule('node:module').registerHooks !== 'function'
    ? 'module.registerHooks came with Node 22.15'
    : false;
const NO_TEXTS = '--disallow-code-generation-from-strings';

/** Builds a program of one file, beside `work.js`, and gives the path of what came of it. */
async function built(t: TestContext, folder: string, text: string): Promise<string> {
  const dir = path.join(root, 'build/syntax', folder);
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, 'main.tsx'), text);
  await writeFile(path.join(dir, 'work.js'), work);
  await esbuild.build({
    entryPoints: { program: path.join(dir, 'main.tsx') },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    external: ['heddle', 'heddle/*'],
    plugins: [heddle()],
    logLevel: 'silent',
  });
  return path.join(dir, 'program.mjs');
}

describe('a deferred function', () => {
  it('may use the constant that a `for` on its line begins with', async (t) => {
    const text = 'for (const k = 3; ; ) { console.log(await deferToThread(() => k + 1)); break; }';
    assert.equal(await run(root, NO_TEXTS, await built(t, 'for', imported + text)), 4);
  });

  it('in what a `switch` compares sees the variables around it, not those of the cases', async (t) => {
    const text =
      'const v = 1; switch (await deferToThread(() => v)) { case 1: console.log(1); break; case 2: const v = 2; console.log(v); }';
    assert.equal(await run(root, await built(t, 'switch', imported + text)), 1);
  });

  it('may use what is called $0, and what has the names that the plug-in writes', async (t) => {
    const text = `import { $0 } from './work.js';
      const $heddlePartsOf = { a: { b: 3 } };
      console.log(await deferToThread(() => $0($heddlePartsOf.a.b)));`;
    assert.equal(await run(root, NO_TEXTS, await built(t, 'names', imported + text)), 6);
  });

  it('whose functions use a global has that global, whatever has its name at the call', async (t) => {
    const text = `const isThere = () => typeof crypto.randomUUID;
      const tell = (crypto: { name: string }) => deferToThread(() => isThere() + crypto.name);
      console.log(JSON.stringify(await tell({ name: ' warp' })));`;
    assert.equal(await run(root, await built(t, 'global', imported + text)), 'function warp');
  });

  it('may name elements after members of what has a small letter, and by letters of any alphabet', async (t) => {
    const text = `/** @jsx element */
      import * as work from './work.js';
      import { Émile } from './work.js';
      const element = (f, x) => f(x);
      console.log(JSON.stringify(await deferToThread(() => [<work.Émile n={1} />, <Émile n={2} />])));`;
    assert.deepEqual(await run(root, NO_TEXTS, await built(t, 'jsx', imported + text)), [1, 2]);
  });

  it('has the values that an enum got when it was made', async (t) => {
    const text = `let base = 5;
      const next = () => ++base;
      enum Width { Narrow = base, Wide = next() }
      base = 9;
      console.log(JSON.stringify(await deferToThread(() => [Width.Narrow, Width.Wide])));`;
    assert.deepEqual(await run(root, NO_TEXTS, await built(t, 'enum', imported + text)), [5, 6]);
  });

  it('may call a method that is the end of a chain in parentheses', async (t) => {
    const text = 'const x = { c: [1, 2] }; console.log(await deferToThread(() => (x?.c.at)(1)));';
    assert.equal(await run(root, NO_TEXTS, await built(t, 'chain', imported + text)), 2);
  });

  it('has a class with the decorators that stand before its export', async (t) => {
    const text = `@wide export class Loom { width() { return 1; } }
      ${imported}
      function wide(_loom: typeof Loom, _context: unknown): any { return class { width() { return 3; } }; }
      const width = (): number => new Loom().width();
      const [inThread, inline] = [await deferToThread(width).catch(({ code }) => code), width()];
      console.log(JSON.stringify([inThread, inline]));`;
    assert.deepEqual(await run(root, await built(t, 'decorators', text)), [3, 3]);
  });

  it('has what another part of its namespace exports, whatever has the same name outside', async (t) => {
    const text = `const width = 5;
      namespace Loom { export let width = 1; }
      namespace Loom { export const f = (): number => width; export const weave = () => deferToThread(() => width); }
      Loom.width = 2;
      console.log(JSON.stringify([await Loom.weave(), Loom.f(), width]));`;
    assert.deepEqual(await run(root, NO_TEXTS, await built(t, 'namespace', imported + text)), [2, 2, 5]);
  });

  it('has errors with the line of the source, however many lines its imports and comments take', {
    skip: noHooks,
  }, async (t) => {
    const dir = path.join(root, 'build/syntax/lines');
    t.after(() => rm(dir, { recursive: true, force: true }));
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, 'work.mjs'), work);
    const program = path.join(dir, 'main.mjs');
    const text = `${imported}import { $0 as
        twice } from './work.mjs' // doubles
      ;
      /* What follows has no
         @jsx in it. */
      const fail = async (n) => {
        throw new Error(twice(n));
      };
      const stack = await deferToThread(() => fail(2)).catch((error) => error.stack);
      console.log(JSON.stringify(/main\\.mjs[^:]*:(\\d+)/.exec(stack)[1]));`;
    await writeFile(program, text);
    const register = import.meta.resolve('@heddle/unplugin/register');
    assert.equal(await run(root, '--import', register, NO_TEXTS, program), '8');
  });

  for (const [what, code, text] of [
    ['a private member within an object', 'HEDDLE_CAPTURES_PRIVATE', '({ v: loom.#width })'],
    ['a private member within a class', 'HEDDLE_CAPTURES_PRIVATE', 'class { has(x) { return #width in x; } }'],
    ['this as the name of an element', 'HEDDLE_CAPTURES_THIS', '<this.Part this="" />'],
    ['super within an object', 'HEDDLE_CAPTURES_THIS', '({ v: super.toString() })'],
  ] as const) {
    it(`that uses ${what} of its own is refused in the build`, async (t) => {
      const main = `${imported}class Loom { #width = 1; weave(loom) { return deferToThread(() => ${text}); } }\nnew Loom();`;
      await assert.rejects(built(t, 'foreign', main), new RegExp(`main\\.tsx:2:.*${code}`));
    });
  }

  it('may have private members and super of classes and objects in it', async (t) => {
    const text = `const f = () => {
        class Loom { #width = 1; static #of(loom) { return #width in loom && loom.#width; } width() { return Loom.#of(this); } }
        class Wide extends Loom { field = () => super.width() + 1; }
        const object = { __proto__: new Wide(), width() { return super.field() + 1; } };
        return object.field.call(new Wide()) + object.width.call(new Wide());
      };
      console.log(JSON.stringify(await deferToThread(f) === f()));`;
    assert.equal(await run(root, NO_TEXTS, await built(t, 'own', imported + text)), true);
  });
});
