import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { callTextAt, counterpartOf, isWorthDeferring } from '#judge';

test('a call is worth deferring where the copies take the loop at most half of its time', () => {
  assert.equal(isWorthDeferring({ runMs: 50, loopMs: 0 }), true);
  assert.equal(isWorthDeferring({ runMs: 50, loopMs: 24.9 }), true);
  assert.equal(isWorthDeferring({ runMs: 50, loopMs: 24.95 }), false);
  assert.equal(isWorthDeferring({ runMs: 50, loopMs: 200 }), false);
});

test('a call of less than five milliseconds is never worth it', () => {
  assert.equal(isWorthDeferring({ runMs: 5, loopMs: 0 }), true);
  assert.equal(isWorthDeferring({ runMs: 4.99, loopMs: 0 }), false);
});

// From the guide's table of a JSON of 15 MB.
test('of the same JSON, all of it is not worth it, and one number is', () => {
  assert.equal(isWorthDeferring({ runMs: 55.5, loopMs: 153 }), false);
  assert.equal(isWorthDeferring({ runMs: 55.5, loopMs: 8 }), true);
});

test('every function of Node that ends in Sync and waits for the system has a counterpart that this Node has', async () => {
  for (const module of ['node:fs', 'node:child_process', 'node:crypto', 'node:zlib']) {
    const exports = (await import(module)) as Record<string, unknown>;
    const names = Object.keys(exports).filter((name) => name.endsWith('Sync') && typeof exports[name] === 'function');
    assert.ok(names.length > 1);
    for (const name of names) {
      const counterpart = counterpartOf(module, name);
      assert.ok(counterpart, `${module} ${name}`);
      const [, from = ''] = /from '([^']+)';$/.exec(counterpart.imports) ?? [];
      const other = (await import(from)) as Record<string, unknown>;
      assert.equal(typeof other[counterpart.name], 'function', `${name}: ${counterpart.imports}`);
    }
  }
});

test('the counterpart by promises goes first, then the one by a callback; some have another name', () => {
  assert.equal(counterpartOf('node:fs', 'readFileSync')?.called, 'readFile');
  assert.equal(counterpartOf('node:crypto', 'pbkdf2Sync')?.called, 'promisify(pbkdf2)');
  assert.equal(counterpartOf('node:child_process', 'execSync')?.called, 'promisify(exec)');
  assert.equal(counterpartOf('node:child_process', 'spawnSync')?.called, 'spawn');
  assert.equal(counterpartOf('node:fs', 'existsSync')?.called, 'access');
  assert.equal(counterpartOf('node:zlib', 'gzipSync')?.called, 'promisify(gzip)');
});

const written: readonly (readonly [
  module: string,
  name: string,
  args: string,
  value: unknown,
  differs: RegExp | undefined,
])[] = [
  ['node:fs', 'existsSync', "'/no/such/file'", false, /fails where there is nothing/],
  ['node:fs', 'existsSync', 'process.execPath', true, /fails where there is nothing/],
  [
    'node:child_process',
    'execFileSync',
    "process.execPath, ['-p', '6 * 7']",
    '42\n',
    /\{ stdout, stderr \}, which are texts/,
  ],
  ['node:fs', 'writeSync', "1, ''", 0, /an object/],
  // Node has it from 22 on.
  ...('globSync' in fs ? [['node:fs', 'globSync', "'no-such-*'", [], /one by one/] as const] : []),
  ['node:crypto', 'hkdfSync', "'sha256', 'key', '', '', 1", new Uint8Array([128]).buffer, undefined],
];
for (const [module, name, args, value, differs] of written) {
  test(`what is written for ${name}(${args}) gives the same value, and how Node's other function differs is said`, async () => {
    const counterpart = counterpartOf(module, name);
    assert.ok(counterpart);
    const { imports, called } = counterpart;
    const source = `${imports}\nexport const value = ${counterpart.write(`${called}(${args})`)};`;
    const made = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { value: unknown };
    assert.deepEqual(made.value, value);
    if (differs === undefined) assert.equal(counterpart.differs, undefined);
    else assert.match(counterpart.differs ?? '', differs);
  });
}

test('what is not synchronous, not there or not of Node has no counterpart', () => {
  assert.equal(counterpartOf('node:crypto', 'createHash'), undefined);
  assert.equal(counterpartOf('node:fs', 'noSuchSync'), undefined);
  assert.equal(counterpartOf('bcryptjs', 'hashSync'), undefined);
  assert.equal(counterpartOf('node:no_such', 'hashSync'), undefined);
});

function textOf(source: string, name?: string): string | undefined {
  const offset = source.indexOf('|');
  const text = source.replace('|', '');
  const lines = text.slice(0, offset).split('\n');
  return callTextAt(text, lines.length, (lines.at(-1) ?? '').length + 1, name)?.text;
}

test('a call is read with the chain of names before it', () => {
  assert.equal(textOf('x = a.b?.c.|d(1, 2) + 3'), 'a.b?.c.d(1, 2)');
  assert.equal(textOf('x = this.#inner.|d()'), 'this.#inner.d()');
  assert.equal(textOf('|f()()'), 'f()');
});

test('commas and brackets in texts, templates, comments, regular expressions and functions cut no argument', () => {
  const source = 'f|oo(a, "),", `,)`, /[),/]/g, (x, y) => { return [x, y]; }, /* , */ { c: 1, d: 2 })';
  const call = callTextAt(source.replace('|', ''), 1, 1);
  assert.deepEqual(call?.args, [
    'a',
    '"),"',
    '`,)`',
    '/[),/]/g',
    '(x, y) => { return [x, y]; }',
    '/* , */ { c: 1, d: 2 }',
  ]);
  assert.equal(callTextAt('f(a / b, c / d)', 1, 1)?.args.length, 2);
});

test('a template within a template cuts no argument either', () => {
  const rows = `\`<ul>\${rows.map(({ id }) => \`<li>\${id}, \${\`)\`}</li>\`).join("}")}\\\`</ul>\``;
  assert.deepEqual(callTextAt(`render(${rows}, 2)`, 1, 1)?.args, [rows, '2']);
  assert.equal(callTextAt(`f(${'`$'.concat('{').repeat(100)})`, 1, 1), undefined);
});

test('a call becomes one line without the comments at the ends of its lines, and templates keep theirs', () => {
  assert.equal(textOf('|f(a, // the first, (\n  b, // the last\n)'), 'f(a, b)');
  assert.equal(
    textOf('|f(\n  // an address\n  "http://host/", /\\/\\//, 1 /* 2 */,\n)'),
    'f("http://host/", /\\/\\//, 1 /* 2 */)',
  );
  const template = '`a\n  // b\n$'.concat('{\n  c}`');
  assert.equal(textOf(`|f(${template},\n  d)`), `f(${template}, d)`);
});

test('types are no arguments, and a call over several lines becomes one line', () => {
  assert.equal(textOf('|parse<Map<string, number>>(text as string)'), 'parse(text as string)');
  assert.equal(textOf('x.|f(\n  1,\n  2,\n)'), 'x.f(1, 2)');
});

test('where the column is not known, the call of that name in the line is read', () => {
  assert.equal(textOf('|const x = hash(1) + hashSync(2);', 'hashSync'), 'hashSync(2)');
  assert.equal(textOf('|const x = other(1);', 'hashSync'), undefined);
  assert.equal(callTextAt('f()', 9, 1), undefined);
});
