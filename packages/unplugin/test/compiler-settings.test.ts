import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundlers, root } from './support/builds.ts';
import { run } from './support/run.ts';

const output = path.join(root, 'build/compiler-settings');

const settings = {
  compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'woven', experimentalDecorators: true },
};
const main = `
import { deferToThread } from 'heddle';
import legacy from 'legacy';
const marked = (target: object, name: string, property: PropertyDescriptor): void => {
  property.value = () => [typeof target, name, typeof property].join();
};
class Loom {
  @marked weave(): string { return ''; }
}
const answer = () => [typeof legacy, <b/>, new Loom().weave()];
async function main(): Promise<void> {
  const nested = () => deferToThread(() => answer());
  console.log(JSON.stringify([answer(), await deferToThread(answer), await deferToThread(nested)]));
}
void main();
`;

const classic = { compilerOptions: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' } };
const classicMain = `
import { deferToThread } from 'heddle';
import { Fragment, h } from './element.js';
const answer = () => <><b/></>;
deferToThread(answer).then((html: string) => console.log(JSON.stringify([answer(), html])));
`;
const ownMain = `
import { deferToThread } from 'heddle';
const h = (name: string, _: object, ...inner: string[]) => '<' + name + '>' + inner.join('');
const Fragment = '';
const answer = () => <><b/></>;
deferToThread(answer).then((html: string) => console.log(JSON.stringify([answer(), html])));
`;

const otherMain = `
import { deferToThread } from 'heddle';
class Hasher { sum = 0; }
const h = new Hasher();
const answer = () => <b/>;
deferToThread(answer).then((html) => console.log(JSON.stringify([answer(), html, h.sum])));
`;

before(async () => {
  const files = {
    'tsconfig.json': JSON.stringify(settings),
    'package.json': '{ "type": "module" }',
    'main.tsx': main,
    'other.tsx': otherMain,
    'classic/tsconfig.json': JSON.stringify(classic),
    'classic/main.tsx': classicMain,
    'classic/own.tsx': ownMain,
    'classic/element.js':
      "export const Fragment = '';\nexport const h = (name, _, ...inner) => '<' + name + '>' + inner.join('');",
    'node_modules/woven/package.json': '{}',
    'node_modules/woven/jsx-runtime.js': "exports.jsx = (name) => '<' + name + '>';",
    'node_modules/legacy/package.json': '{}',
    'node_modules/legacy/index.js':
      "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 1;",
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(output, file)), { recursive: true });
    await writeFile(path.join(output, file), text);
  }
});
after(() => rm(output, { recursive: true, force: true }));

// Those that read both files by themselves.
for (const name of ['esbuild', 'rolldown', 'vite'] as const) {
  describe(`what tsconfig.json says of JSX and decorators, and package.json of imports, in a build by ${name}`, () => {
    it('goes for threads as for the program', async () => {
      const dir = path.join(output, name);
      const input = path.join(output, 'main.tsx');
      await bundlers[name]({ input, dir, minify: false, format: 'esm', bundlesHeddle: true, plugged: true });
      // As in Node: the default of CommonJS is what it exports.
      const answer = ['object', '<b>', 'object,weave,object'];
      const answers = await run(root, '--disallow-code-generation-from-strings', path.join(dir, 'program.mjs'));
      assert.deepEqual(answers, [answer, answer, answer]);
    });

    it('sends no object along that has the name of what JSX may become calls of', async () => {
      const dir = path.join(output, `other-${name}`);
      const input = path.join(output, 'other.tsx');
      await bundlers[name]({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
      const answers = await run(root, '--disallow-code-generation-from-strings', path.join(dir, 'program.mjs'));
      assert.deepEqual(answers, ['<b>', '<b>', 0]);
    });

    for (const file of ['main', 'own']) {
      it(`takes what JSX becomes calls of along to threads (${file})`, async () => {
        const dir = path.join(output, `classic-${file}-${name}`);
        const input = path.join(output, `classic/${file}.tsx`);
        await bundlers[name]({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
        const answers = await run(root, '--disallow-code-generation-from-strings', path.join(dir, 'program.mjs'));
        assert.deepEqual(answers, ['<><b>', '<><b>']);
      });
    }
  });
}
