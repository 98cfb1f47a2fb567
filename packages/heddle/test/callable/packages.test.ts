import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { deferToThread } from 'heddle';
import { runNode } from '../support/program.ts';

const limit = { timeout: 60_000 };
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-packages-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// What a function needs is put into a list by another module, which the package's entry loads.
const modules = {
  'kinds.mjs': 'export const kinds = [];\n',
  'kinds-of.mjs': "import { kinds } from './kinds.mjs';\nexport function kindsOf() { return kinds.join(); }\n",
  'linen.mjs': "import { kinds } from './kinds.mjs';\nkinds.push('linen');\n",
  'index.mjs': "import './linen.mjs';\nexport { kindsOf } from './kinds-of.mjs';\n",
  'maker.mjs': 'export const make = (text) => function weave() { return text; };\n',
  'made.mjs': "import { make } from './maker.mjs';\nexport const weave = make('woven');\n",
  'counting.mjs': 'export const counter = () => { let last = 0; return () => ++last; };\n',
  'core.cjs': 'exports.kinds = [];\nexports.kindsOf = function kindsOf() { return exports.kinds.join(); };\n',
  'index.cjs': "const core = require('./core.cjs');\ncore.kinds.push('silk');\nmodule.exports = core;\n",
};

test('a function of a package has in the thread what the entry of an ES module package gives it', limit, async () => {
  const { kindsOf } = (await import(pathToFileURL(packageWith('esm', 'index.mjs')).href)) as { kindsOf: () => string };
  assert.equal(kindsOf(), 'linen');
  assert.equal(await deferToThread(kindsOf), 'linen');
});

test('a function of a package has in the thread what the entry of a CommonJS package gives it', limit, async () => {
  const { kindsOf } = createRequire(import.meta.url)(packageWith('cjs', 'index.cjs')) as { kindsOf: () => string };
  assert.equal(kindsOf(), 'silk');
  assert.equal(await deferToThread(kindsOf), 'silk');
});

test('of a package whose entry the program has not loaded, a thread does not load it either', limit, async () => {
  const { kindsOf } = (await import(pathToFileURL(packageWith('part', 'kinds-of.mjs')).href)) as {
    kindsOf: () => string;
  };
  assert.equal(kindsOf(), '');
  assert.equal(await deferToThread(kindsOf), '');
});

test(
  'of a package without side effects, a thread loads only the module that a function is exported by',
  limit,
  async () => {
    const all = packageWith('free', 'index.mjs', { sideEffects: false });
    const { kindsOf } = (await import(pathToFileURL(all).href)) as { kindsOf: () => string };
    assert.equal(kindsOf(), 'linen');
    assert.equal(await deferToThread(kindsOf), '');
    const parts = packageWith('free-cjs', 'index.cjs', { sideEffects: false });
    const required = createRequire(import.meta.url)(parts) as { kindsOf: () => string };
    assert.equal(required.kindsOf(), 'silk');
    assert.equal(await deferToThread(required.kindsOf), '');
  },
);

test('a function that only the entry of a package without side effects exports is found there', limit, async () => {
  const file = packageWith('made', 'made.mjs', { sideEffects: false });
  const { weave } = (await import(pathToFileURL(file).href)) as { weave: () => string };
  assert.equal(await deferToThread(weave), 'woven');
});

test('of a package with side effects in some modules, a thread loads the entry', limit, async () => {
  const all = packageWith('some', 'index.mjs', { sideEffects: ['./linen.mjs'] });
  const { kindsOf } = (await import(pathToFileURL(all).href)) as { kindsOf: () => string };
  assert.equal(await deferToThread(kindsOf), 'linen');
});

test(
  'what a package made and no thread can have a copy of is refused with a way out that leads there',
  limit,
  async () => {
    packageWith('counting', 'counting.mjs', { exports: './counting.mjs' });
    writeFileSync(
      path.join(folder, 'ticket.mjs'),
      "import { counter } from '@scope/counting';\nexport const next = counter();\n",
    );
    const program = path.join(folder, 'tickets.mjs');
    writeFileSync(
      program,
      `import { counter } from '@scope/counting';
import { deferToThread } from ${JSON.stringify(import.meta.resolve('heddle'))};
import { next as exported } from './ticket.mjs';
const next = counter();
for (const f of [() => next(), next]) await deferToThread(f).catch((error) => console.log(error.code, error.message));
console.log(await deferToThread(() => exported()), await deferToThread(() => counter()()));`,
    );
    const { stdout, stderr } = await runNode([program]);
    const lines = stdout.trim().split('\n');
    for (const line of lines.slice(0, 2)) {
      assert.match(line, /^HEDDLE_ASSIGNS_CAPTURED .* It was made by the package @scope\/counting: make it within the/);
      assert.doesNotMatch(line, /Return the new value/);
    }
    assert.equal(lines[2], '1 1', stderr);
  },
);

/** Writes a package, and gives the path of one of its files. */
function packageWith(name: string, file: string, packageJson: object = {}): string {
  const directory = path.join(folder, 'node_modules', '@scope', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name: `@scope/${name}`, ...packageJson }));
  for (const [module, code] of Object.entries(modules)) writeFileSync(path.join(directory, module), code);
  return path.join(directory, file);
}
