import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { notInThisNode } from '../support/skip.ts';

/** What depends on how a program is written and started, each in a process of its own. */

const heddle = import.meta.resolve('heddle');

describe('a program', () => {
  let folder = '';

  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle capture ü ')));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, lines: readonly string[]): string {
    const file = path.join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  test('in CommonJS lends its require, its file name, its modules and its functions', () => {
    const file = write('common.cjs', [
      "const { join } = require('node:path');",
      "const fs = require('node:fs');",
      'const size = 2;',
      'exports.twice = (n) => n * size;',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const f = () => [join("a", "b"), fs.existsSync(__filename), require("node:os").EOL.length, exports.twice(4)];',
      '  console.log(JSON.stringify([await deferToThread(f), f()]));',
      '});',
    ]);
    const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
    assert.deepEqual(inThread, inline);
  });

  for (const [kind, exporting] of [
    ['mjs', 'export { start, set };'],
    ['cjs', 'exports.start = start, exports.set = set;'],
  ] as const) {
    test(`captures what functions of other modules use as it is when a first call is made (${kind})`, () => {
      write(`others.${kind}`, [
        'let near = 1, far = 10;',
        'const third = () => far;',
        'function second() { return near + third(); }',
        'const start = (defer) => defer(() => second());',
        'const set = (to) => { near = to; far = 10 * to; };',
        exporting,
      ]);
      const file = write(`uses-others-${kind}.mjs`, [
        `import { deferToThread } from ${JSON.stringify(heddle)};`,
        `import { set, start } from './others.${kind}';`,
        'const calls = [1, 2, 3].map((to) => {',
        '  set(to);',
        '  return start(deferToThread);',
        '});',
        'set(4);',
        'console.log(...(await Promise.all(calls)));',
      ]);
      assert.equal(run([file]).stdout, '11 22 33\n');
    });
  }

  test('lends a require that createRequire has made, of its own folder or of another', () => {
    mkdirSync(path.join(folder, 'inner'), { recursive: true });
    write('number.json', ['1']);
    write(path.join('inner', 'number.json'), ['2']);
    const file = write('made-require.mjs', [
      "import { createRequire } from 'node:module';",
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const require = createRequire(import.meta.url);',
      "const requires = [import.meta.url, new URL('inner/', import.meta.url)].map((url) => createRequire(url));",
      "const loads = requires.map((load) => () => load('./number.json'));",
      "const f = () => [require('./number.json'), require('node:path').sep, require.resolve('./number.json')];",
      'console.log(JSON.stringify(await Promise.all([f, ...loads].map((load) => deferToThread(load)))));',
      'console.log(JSON.stringify([f, ...loads].map((load) => load())));',
    ]);
    const [inThread, inline] = run([file]).stdout.split('\n');
    assert.equal(inThread, inline);
    assert.match(inline as string, /,1,2\]$/);
  });

  test('has by its name what a module exports, also after another closure of the same factory', () => {
    const lines = ['let made = 0;', 'const counting = (step) => () => (made += step);'];
    write('counting.mjs', [...lines, 'export { counting };', 'export const byOne = counting(1);']);
    write('counting.cjs', [...lines, 'module.exports = { counting, byOne: counting(1) };']);
    const file = write('factory.mjs', [
      `import { ThreadPool } from ${JSON.stringify(heddle)};`,
      "import * as module from './counting.mjs';",
      "import common from './counting.cjs';",
      'const pool = new ThreadPool({ max: 1 });',
      'const { code } = await pool.defer(module.counting(2)).catch((error) => error);',
      'await pool.defer(common.counting(2)).catch(() => {});',
      'const calls = [module.byOne, common.byOne, () => module.byOne() + common.byOne()];',
      'for (const call of calls) console.log(await pool.defer(call));',
      'console.log(code);',
      'await pool.stop();',
    ]);
    assert.deepEqual(run([file]).stdout.trim().split('\n'), ['1', '1', '4', 'HEDDLE_ASSIGNS_CAPTURED']);
  });

  test('has data that it makes of what a module exports, and the modules that it requires', () => {
    write('settings.json', ['{ "region": "default", "nested": { "port": 1 } }']);
    write('library.cjs', ["const { sep } = require('node:path');", 'exports.twice = (n) => [n + n, sep].length * n;']);
    const lines = [
      "const made = Object.assign(require('./settings.json'), { region: 'eu' });",
      "const plain = require('./settings.json');",
      "const { nested } = require('./settings.json');",
      "const wrapped = Object.assign(require('./library.cjs'), { added: 1 });",
      'const region = () => made.region;',
      'const whole = () => [made, made.nested.port];',
      'const required = () => [plain.region, nested.port];',
      'const calls = () => wrapped.twice(4);',
    ];
    const calls = 'Promise.all([region, whole, required, calls].map((f) => deferToThread(f)))';
    const expected = ['eu', [{ region: 'eu', nested: { port: 1 } }, 1], ['default', 1], 8];
    const common = write('made-data.cjs', [
      ...lines,
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => console.log(JSON.stringify(await ${calls})));`,
    ]);
    assert.deepEqual(JSON.parse(run([common]).stdout), expected);
    const module = write('made-data.mjs', [
      "import { createRequire } from 'node:module';",
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const require = createRequire(import.meta.url);',
      ...lines,
      `console.log(JSON.stringify(await ${calls}));`,
    ]);
    assert.deepEqual(JSON.parse(run([module]).stdout), expected);
  });

  for (const kind of ['cjs', 'mjs'] as const) {
    test(`has the thread's own of what it requires a module for and nothing can copy (${kind})`, () => {
      write('workshop.cjs', [
        'class Loom {',
        '  #threads = 3;',
        '  weave(rows) { return rows * this.#threads; }',
        '}',
        "const KEY = Symbol('key');",
        'const keyed = { [KEY]: 5 };',
        "const view = new Proxy({}, { get: (_, name) => (name === 'warp' ? 'no warp' : undefined) });",
        'module.exports = {',
        '  loom: new Loom(), KEY, read: (key) => keyed[key], view,',
        '  hall: { looms: [new Loom(), new Loom()] },',
        '};',
      ]);
      const lines = [
        "const { loom, KEY, read, view, hall: { looms }, absent = 'none' } = require('./workshop.cjs');",
        "const { loom: renamed } = require('./workshop.cjs');",
        "const taken = require('./workshop.cjs').hall, { hall } = require('./workshop.cjs');",
        'const fs = [',
        '  () => [loom.weave(2), renamed === loom, absent],',
        '  () => read(KEY),',
        '  () => view.warp,',
        '  () => looms.map((one) => one.weave(1)),',
        '  () => [taken.looms[1].weave(4), hall.looms[0].weave(5)],',
        '];',
        'const all = (defer) => Promise.all(fs.map((f) => defer(f)));',
      ];
      const printed = 'console.log(JSON.stringify([await all(deferToThread), await all((f) => f())]))';
      const file =
        kind === 'cjs'
          ? write('requires.cjs', [
              ...lines,
              `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => ${printed});`,
            ])
          : write('requires.mjs', [
              "import { createRequire } from 'node:module';",
              `import { deferToThread } from ${JSON.stringify(heddle)};`,
              'const require = createRequire(import.meta.url);',
              ...lines,
              `${printed};`,
            ]);
      const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
      assert.deepEqual(inThread, inline);
    });
  }

  test('has by a require of createRequire what its own file gives, whatever name that require goes by', () => {
    mkdirSync(path.join(folder, 'node_modules', 'dyes'), { recursive: true });
    const dyes = [
      'let dye = "none";',
      'exports.use = (name) => { dye = name; };',
      "exports.dip = (yarn) => yarn + ' ' + dye;",
    ];
    write(path.join('node_modules', 'dyes', 'index.js'), dyes);
    write('dyeing.cjs', [
      "const dyes = require('dyes');",
      "dyes.use('madder');",
      'class Vat { #depth = 2; measure() { return this.#depth; } }',
      'module.exports = { dip: dyes.dip, vat: new Vat() };',
    ]);
    const file = write('dyes.mjs', [
      "import { createRequire } from 'node:module';",
      `import { ThreadPool } from ${JSON.stringify(heddle)};`,
      'const load = createRequire(import.meta.url);',
      "const { vat } = load('./dyeing.cjs');",
      "const dip = load('./dyeing.cjs').dip;",
      "const { dip: other, vat: second } = createRequire(import.meta.url)('./dyeing.cjs');",
      "const fs = [() => dip('wool'), () => other('silk'), () => vat.measure(), () => second.measure()];",
      // A thread each: what one has loaded is no help to the next.
      'const alone = async (f) => {',
      '  const pool = new ThreadPool({ max: 1 });',
      '  const given = await pool.defer(f).catch(({ code }) => code);',
      '  await pool.stop();',
      '  return given;',
      '};',
      'for (const f of fs) console.log(await alone(f), f());',
    ]);
    const expected = ['wool madder wool madder', 'silk madder silk madder', '2 2', '2 2'];
    assert.deepEqual(run([file]).stdout.trim().split('\n'), expected);
  });

  test('has both what it imports of a module and what it requires of the same one, by a thread that has neither', () => {
    write('twist.mjs', [
      'export const ply = (n) => n + 1;',
      'class Spindle { #turns = 0; spin() { return ++this.#turns; } }',
      'export const spindle = new Spindle();',
    ]);
    write('untwisted.mjs', [
      'export const ply = (n) => n + 1;',
      'class Spindle { #turns = 0; spin() { return ++this.#turns; } }',
      'export const spindle = new Spindle();',
      "import { isMainThread } from 'node:worker_threads';",
      "if (!isMainThread) throw new Error('no thread twists it');",
    ]);
    const file = write('twisting.cjs', [
      "const { ply, spindle } = require('./twist.mjs');",
      "const { ply: other, spindle: second } = require('./untwisted.mjs');",
      `const { ThreadPool } = require(${JSON.stringify(fileURLToPath(heddle))});`,
      'const alone = async (f) => {',
      '  const pool = new ThreadPool({ max: 1 });',
      '  const given = await pool.defer(f).catch(({ code, cause }) => [code, cause.message]);',
      '  await pool.stop();',
      '  return given;',
      '};',
      '(async () => {',
      '  console.log(...(await alone(() => [ply(1), spindle.spin()])));',
      '  console.log(...(await alone(() => [spindle.spin(), ply(2)])));',
      '  console.log(...(await alone(() => [other(1), second.spin()])));',
      '})();',
    ]);
    const expected = ['2 1', '1 3', 'HEDDLE_MODULE_FAILED no thread twists it'];
    assert.deepEqual(run([file]).stdout.trim().split('\n'), expected);
  });

  test("has the thread's own of what it requires where a part of that is refused, and copies what is beside it", () => {
    write('mill.cjs', [
      'class Loom {',
      '  #threads = 3;',
      '  weave(rows) { return rows * this.#threads; }',
      '}',
      'const loom = new Loom();',
      'const on = loom.weave.bind(loom);',
      'const mill = { on, weave: (rows) => mill.on(rows), settings: { rows: 2 } };',
      "module.exports = { mill, words: new Intl.Collator('en'), limits: { most: 1 }, outer: { run: () => mill.on(1) } };",
    ]);
    const file = write('mills.cjs', [
      "const { mill, words, limits } = require('./mill.cjs');",
      "const other = require('./mill.cjs').mill;",
      'limits.most = 7;',
      'const helper = (rows) => mill.weave(rows);',
      'const fs = [',
      '  () => [mill.weave(2), mill.settings, limits.most],',
      '  () => [mill.on(3), other === mill],',
      "  () => ['weft', 'warp'].sort(words.compare),",
      '  () => [helper(4), limits],',
      '];',
      'const all = (defer) => Promise.all(fs.map((f) => defer(f)));',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const twice = [await all(deferToThread), await all(deferToThread)];',
      '  const inline = structuredClone(await all((f) => f()));',
      '  mill.settings.rows = 5;',
      '  console.log(JSON.stringify([...twice, inline, await deferToThread(() => mill.settings.rows)]));',
      '});',
    ]);
    const [first, second, inline, copied] = JSON.parse(run([file]).stdout) as unknown[];
    assert.deepEqual(first, inline);
    assert.deepEqual(second, inline);
    // What another function could not have a copy of is no reason not to copy what this one uses.
    assert.equal(copied, 5);
  });

  test('is refused what it has put into an object that it requires, and not told that there is none', () => {
    write('registry.cjs', [
      'const registry = { handlers: {}, keep: new WeakMap() };',
      'module.exports = { registry, add: (name, f) => { registry.handlers[name] = f; } };',
    ]);
    const file = write('fills-registry.cjs', [
      "const { registry, add } = require('./registry.cjs');",
      "const server = require('node:net').createServer();",
      "add('first', () => 1);",
      "add('second', () => server);",
      'const fs = [() => Object.keys(registry.handlers).length, () => registry.handlers.first(), () => registry.keep.has({})];',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const told = ({ code }) => code;',
      '  console.log(JSON.stringify(await Promise.all(fs.map((f) => deferToThread(f).catch(told)))));',
      '});',
    ]);
    const { stdout, stderr } = run([file]);
    assert.deepEqual(JSON.parse(stdout), ['HEDDLE_CAPTURES_HANDLE', 'HEDDLE_CAPTURES_HANDLE', false], stderr);
  });

  test('is told what a codec or a getter of what it requires throws, and has a copy when that throws no more', () => {
    write('guarded.cjs', [
      `const { registerCodec } = require(${JSON.stringify(fileURLToPath(heddle))});`,
      'class Session { name; isOpen = false; constructor(name) { this.name = name; } }',
      'registerCodec(Session, {',
      "  encode: ({ name, isOpen }) => { if (isOpen) return name; throw new Error('not open'); },",
      '  decode: (name) => new Session(name),',
      '});',
      "const session = new Session('none');",
      "const account = { name: 'none', get token() { if (session.isOpen) return 1; throw new Error('no token'); } };",
      'module.exports = { session, account, held: { session } };',
    ]);
    const file = write('requires-guarded.cjs', [
      "const { session, account, held } = require('./guarded.cjs');",
      'const nameOf = (value) => (value.session ?? value).name;',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const fs = [() => nameOf(session), () => nameOf(account), () => nameOf(held)];',
      "  const told = ({ code, cause }) => [code, cause?.message].join(' ');",
      '  const all = () => Promise.all(fs.map((f) => deferToThread(f).catch(told)));',
      '  console.log(JSON.stringify(await all()));',
      "  session.isOpen = true; session.name = account.name = 'Ada';",
      '  console.log(JSON.stringify(await all()));',
      '});',
    ]);
    const { stdout, stderr } = run([file]);
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [
        ['HEDDLE_CODEC_FAILED not open', 'HEDDLE_CAPTURES_UNCLONABLE no token', 'HEDDLE_CODEC_FAILED not open'],
        ['Ada', 'Ada', 'Ada'],
      ],
      stderr,
    );
  });

  test('has what its top awaits an import for as with an import statement, where that cannot be copied', () => {
    mkdirSync(path.join(folder, 'node_modules', 'notes'), { recursive: true });
    write(path.join('node_modules', 'notes', 'index.js'), [
      "let note = 'none';",
      'exports.use = (to) => { note = to; };',
      'exports.say = () => note;',
    ]);
    for (const kind of ['cjs', 'mjs']) {
      write(`tools.${kind}`, [
        kind === 'cjs' ? "const notes = require('notes');" : "import notes from 'notes';",
        'class Loom {',
        '  #threads = 3;',
        '  weave(rows) { return rows * this.#threads; }',
        '}',
        'const loom = new Loom();',
        "notes.use('weft');",
        'const kit = { looms: [loom], on: loom.weave.bind(loom) };',
        'const { say } = notes;',
        'const limits = { most: 1 };',
        `${kind === 'cjs' ? 'module.exports =' : 'export'} { loom, kit, say, limits };`,
      ]);
      const file = write(`awaits-${kind}.mjs`, [
        `import { deferToThread } from ${JSON.stringify(heddle)};`,
        `const { loom, kit, say, limits } = await import('./tools.${kind}');`,
        `const taken = (await import('./tools.${kind}')).loom;`,
        // As tsx makes it.
        `const { loom: compiled } = await import('./tools.${kind}').then((m) => {`,
        "  const e = 'default'; return m[e] && typeof m[e] == 'object' && '__esModule' in m[e] ? m[e] : m;",
        '});',
        `const { loom: absent = 'none', absent: other = 'default' } = await import('./tools.${kind}');`,
        'limits.most = 7;',
        'const fs = [',
        '  () => [loom.weave(2), taken.weave(3), loom === taken, compiled.weave(6), compiled === loom],',
        '  () => kit.looms[0].weave(4),',
        '  () => kit.on(5),',
        '  () => [say(), limits.most, other],',
        '];',
        'const all = (defer) => Promise.all(fs.map((f) => defer(f)));',
        'console.log(JSON.stringify([await all(deferToThread), await all((f) => f())]));',
        'console.log(await deferToThread(() => absent.weave(1)).catch(({ code }) => code));',
      ]);
      const [results, code] = run([file]).stdout.split('\n') as [string, string];
      const [inThread, inline] = JSON.parse(results) as [unknown, unknown];
      assert.deepEqual(inThread, inline, kind);
      assert.equal(code, 'HEDDLE_CAPTURES_INSTANCE');
    }
  });

  test('has what it requires of a file of its own that sets a package up, as it is set up there', () => {
    for (const [name, lines] of [
      [
        'dates',
        ['let zone = 0;', 'module.exports = (at) => at + zone;', 'module.exports.use = (to) => { zone = to; };'],
      ],
      ['words', ['let word = "none";', 'exports.init = (to) => { word = to; };', 'exports.say = () => word;']],
    ] as const) {
      mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
      write(path.join('node_modules', name, 'index.js'), lines);
    }
    write('dates.cjs', ["const dates = require('dates');", 'dates.use(2);', 'module.exports = dates;']);
    write('words.cjs', ["const words = require('words');", "words.init('weft');", 'module.exports = words;']);
    write('both.cjs', ["exports.dates = require('./dates.cjs');", "exports.kit = { words: require('./words.cjs') };"]);
    for (const [name, taken] of [
      ['whole', ["const dates = require('./dates.cjs'), words = require('./words.cjs');"]],
      ['parts', ["const { dates, kit: { words } } = require('./both.cjs');"]],
      ['member', ["const dates = require('./both.cjs').dates, words = require('./both.cjs').kit.words;"]],
      ['inner', ["const { dates, kit } = require('./both.cjs');", 'const words = { say: () => kit.words.say() };']],
    ] as const) {
      const file = write(`sets-up-${name}.cjs`, [
        "require('dates'), require('words');",
        ...taken,
        `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
        '  console.log(await deferToThread(() => dates(1)), await deferToThread(() => words.say()));',
        '});',
      ]);
      assert.equal(run([file]).stdout, '3 weft\n', name);
    }
  });

  test("has a package that Turbopack keeps out of the bundle, and whose exports are a function, by the bundle's namespace", () => {
    mkdirSync(path.join(folder, 'node_modules', 'shouts'), { recursive: true });
    write(path.join('node_modules', 'shouts', 'index.js'), [
      'module.exports = (text) => text.toUpperCase();',
      'module.exports.twice = (text) => module.exports(text + text);',
    ]);
    const file = write('turbopack.cjs', [
      'function external(id) {',
      '  const raw = require(id);',
      '  const namespace = function (...args) { return raw.apply(this, args); };',
      "  Object.defineProperty(namespace, '__esModule', { value: true });",
      "  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });",
      "  Object.defineProperty(namespace, 'twice', { get: () => raw.twice, enumerable: true });",
      "  Object.defineProperty(namespace, 'default', { value: raw, enumerable: true });",
      '  return Object.seal(namespace);',
      '}',
      "const shouts = external('shouts');",
      'const inBundle = external(require.resolve("./turbopack-part.cjs"));',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      "  console.log(await deferToThread(() => (0, shouts.default)('warp') + shouts.default.twice('weft')));",
      '  delete require.cache[require.resolve("./turbopack-part.cjs")];',
      "  await deferToThread(() => (0, inBundle.default)('warp')).catch(({ message }) => console.log(message));",
      '});',
    ]);
    write('turbopack-part.cjs', ['module.exports = (text) => text;', 'module.exports.twice = (text) => text + text;']);
    const [external, refused] = run([file]).stdout.split('\n') as [string, string];
    assert.equal(external, 'WARPWEFTWEFT');
    assert.match(
      refused,
      /stands for a CommonJS module that is a part of the bundle\. Keep the package out of that \(Next/,
    );
  });

  test('still finds what a package gives in the package, and what its own file has replaced since where it was', () => {
    mkdirSync(path.join(folder, 'node_modules', 'tables'), { recursive: true });
    write(path.join('node_modules', 'tables', 'index.js'), ['exports.add = (a, b) => a + b;']);
    write('tables.cjs', ["exports.add = require('tables').add;", "console.log('loaded');"]);
    const file = write('uses-tables.cjs', [
      "const { add } = require('tables');",
      "const own = require('./tables.cjs').add;",
      "require('./tables.cjs').add = () => 0;",
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  console.log(await deferToThread(() => add(1, 2)), await deferToThread(() => own(3, 4)));',
      '});',
    ]);
    assert.equal(run([file]).stdout, 'loaded\n3 7\n');
  });

  test('asks no getter by which a module loads its parts', () => {
    write('lazy.cjs', [
      "exports.word = 'warp';",
      "Object.defineProperty(exports, 'part', { enumerable: true, get: () => console.log('loaded') });",
    ]);
    const file = write('asks-none.cjs', [
      "const lazy = Object.assign(require('./lazy.cjs'));",
      'const f = () => [lazy].length;',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => console.log(await deferToThread(f)));`,
    ]);
    assert.equal(run([file]).stdout, '1\n');
  });

  test('has the values of the moment of each call in variables that eval, or an object given to with, changes', () => {
    const file = write('evaluated.cjs', [
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  let around = 1;',
      "  const made = eval('() => around');",
      '  let assigned = 1;',
      '  const reads = () => assigned;',
      '  const scope = { member: 1 };',
      "  const within = new Function('scope', 'with (scope) { return () => member; }')(scope);",
      '  const all = () => Promise.all([made, reads, within].map((f) => deferToThread(f)));',
      '  const before = await all();',
      '  around += 1;',
      "  eval('assigned += 1');",
      '  scope.member += 1;',
      '  console.log(JSON.stringify([before, await all()]));',
      '});',
    ]);
    assert.deepEqual(JSON.parse(run([file]).stdout), [
      [1, 1, 1],
      [2, 2, 2],
    ]);
  });

  test('is read at once where a ruler of slashes follows a comment that names a source map', () => {
    const file = write('ruler.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      '//# sourceMappingURL=first.mjs.map',
      '/'.repeat(120),
      'console.log(await deferToThread(() => 1));',
    ]);
    assert.equal(run([file]).stdout, '1\n');
  });

  test('imports in a thread by the hooks that complete the names of its files', () => {
    write('completed.mjs', ['export const twice = (n) => n * 2;']);
    write('completing-hooks.mjs', [
      'export const resolve = (specifier, context, next) =>',
      "  next(/^\\.\\/\\w+$/.test(specifier) ? specifier + '.mjs' : specifier, context);",
    ]);
    const hooks = write('completing.mjs', [
      "import { register } from 'node:module';",
      "register('./completing-hooks.mjs', import.meta.url);",
    ]);
    const file = write('uses-completed.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "import { twice } from './completed';",
      'console.log(await deferToThread(() => twice(2)), await deferToThread((n) => twice(n) + 1, 3));',
    ]);
    assert.equal(run(['--import', pathToFileURL(hooks).href, file]).stdout, '4 7\n');
  });

  test('in CommonJS has strict code where it is strict', () => {
    const file = write('strict.cjs', [
      'const kind = () => (function () { return this === undefined; })();',
      'class Loom { static kind() { return () => (function () { return this === undefined; })(); } }',
      "function careful() { 'use strict'; return () => (function () { return this === undefined; })(); }",
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const kinds = [kind, Loom.kind(), careful()];',
      '  console.log(JSON.stringify([await Promise.all(kinds.map((f) => deferToThread(f))), kinds.map((f) => f())]));',
      '});',
    ]);
    assert.deepEqual(JSON.parse(run([file]).stdout), [
      [false, true, true],
      [false, true, true],
    ]);
  });

  for (const mode of ['sloppy', 'strict']) {
    test(`whose functions put others in their own place, as Babel's do, has them do so in a thread: ${mode}`, () => {
      const file = write(`${mode}-replaced.cjs`, [
        mode === 'strict' ? "'use strict';" : '',
        "function kindOf(value) { return kindOf = (one) => 'replaced ' + typeof one, kindOf(value); }",
        'function sum(n) { return n === 0 ? 0 : n + sum(n - 1); }',
        'const original = sum;',
        'sum = (n) => 100 * n;',
        'function named() { return named.kind; }',
        'const first = named;',
        "var named = { kind: 'another' };",
        'function power(n) { const power = (m) => m * m; return power(n); }',
        'function inner() { function step(n) { return n === 0 ? step.name : step(n - 1); } return step(2); }',
        'const cases = [() => kindOf(1), () => original(3), original, first, () => power(3), () => inner()];',
        `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
        '  const inThread = await Promise.all(cases.map((f) => deferToThread(f, 2)));',
        '  console.log(JSON.stringify([inThread, cases.map((f) => f(2))]));',
        '});',
      ]);
      const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
      assert.deepEqual(inThread, inline);
    });
  }

  test('whose helpers are defined when they are first called, as those of TypeScript are, has them in a thread', () => {
    const file = write('lazy.cjs', [
      'var __assign = (this && this.__assign) || function () {',
      '  __assign = Object.assign || function (t) { return t; };',
      '  return __assign.apply(this, arguments);',
      '};',
      'var __importStar = (this && this.__importStar) || (function () {',
      '  var ownKeys = function (o) {',
      '    ownKeys = Object.getOwnPropertyNames || function () { return []; };',
      '    return ownKeys(o);',
      '  };',
      '  return function (mod) { return ownKeys(mod).join(); };',
      '})();',
      'function _runtime() { _runtime = function () { return e; }; var e = {}; return e.kind = 1, e; }',
      'function _define(o, key) { var i = 1; _define = function (o, key) { o[key] = i; }, _define(o, key); }',
      'function remembered() { const value = [1]; remembered = () => value; return value; }',
      'function weave() { var o = {}; _define(o, "warp"); _define(o, "weft"); return o; }',
      'const cases = [',
      '  () => __assign({ a: 1 }, { b: 2 }),',
      '  () => import("node:os").then(() => __importStar({ warp: 1, weft: 2 })),',
      '  () => [_runtime().kind, _runtime().kind],',
      '  () => [remembered(), remembered()],',
      '  weave,',
      '];',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const inThread = await Promise.all(cases.map((f) => deferToThread(f)));',
      '  console.log(JSON.stringify([inThread, await Promise.all(cases.map((f) => f()))]));',
      '});',
    ]);
    const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
    assert.deepEqual(inThread, inline);
  });

  test('whose import() is a helper of Babel around require, which remembers modules, has it in a thread', () => {
    const file = write('wildcard.cjs', [
      'var known;',
      'function _interopRequireWildcard(found) {',
      '  if (!known) known = new WeakMap();',
      '  if (!known.has(found)) known.set(found, { __proto__: null, ...found, default: found });',
      '  return known.get(found);',
      '}',
      'var count = 0;',
      'function _interopCounted(found) { count = new WeakMap(); count = 1; return found; }',
      'const sep = async () => (await Promise.resolve().then(() => _interopRequireWildcard(require("node:path")))).sep;',
      'const counted = () => _interopCounted(1);',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const before = await deferToThread(sep);',
      '  const inline = await sep();',
      '  const after = await deferToThread(sep);',
      '  const other = await deferToThread(counted).catch(({ code }) => code);',
      '  console.log(JSON.stringify([before === inline, after === inline, known instanceof WeakMap, other]));',
      '});',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '[true,true,true,"HEDDLE_ASSIGNS_CAPTURED"]\n', stderr);
  });

  test('that was compiled to an older language is told so where a function of it is refused', () => {
    const program = (helper: string): string[] => [
      helper,
      'function work() { return _work.apply(this, arguments); }',
      'function _work() { _work = _asyncToGenerator(function* () { return 1; }); return _work.apply(this, arguments); }',
      'void _asyncToGenerator;',
      `import(${JSON.stringify(heddle)}).then(({ deferToThread }) => deferToThread(work)).catch((e) => console.log(e.message));`,
    ];
    const compiled = write('lowered.cjs', program('function _asyncToGenerator(f) { return f; }'));
    assert.match(
      run([compiled]).stdout,
      /a compiler's doing.*by _asyncToGenerator.*compile it for the version of Node/,
    );
    const written = write('not-lowered.cjs', program('(0, globalThis)._asyncToGenerator = (f) => f;'));
    assert.match(run([written]).stdout, /^work (?!.*compile)/);
  });

  test('whose functions have been given another length has that in a thread, other closures of the text have theirs', () => {
    const file = write('lengths.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'function wrap(f) {',
      '  const wrapper = (...args) => f(...args);',
      "  return Object.defineProperty(wrapper, 'length', { value: f.length });",
      '}',
      'const two = wrap((a, b) => a + b);',
      'const none = wrap(() => 0);',
      'const one = wrap((a) => a);',
      'const object = { method(a, b = 1, c) {}, two };',
      'const f = () => [two.length, none.length, one.length, object.method.length, object.two.length, two(1, 2)].join();',
      'const own = (g) => () => g.length;',
      'for (const g of [f, own(two), own(none), own((a, b) => a)]) console.log((await deferToThread(g)) === g());',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, 'true\ntrue\ntrue\ntrue\n', stderr);
  });

  test('is told where a function does otherwise when it is called again, by putting another in its place', () => {
    const file = write('once.cjs', [
      'function next() { next = () => 2; return 1; }',
      'let first = function () { first = () => 2; return 1; };',
      'let moved = function () { moved = () => 2; return moved(); };',
      'const original = moved;',
      'moved = () => 3;',
      'const cases = [() => [next(), next()], () => [first(), first()], original];',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const codes = cases.map((f) => deferToThread(f).catch(({ code }) => code));',
      '  console.log(JSON.stringify(await Promise.all(codes)));',
      '});',
    ]);
    const refused = 'HEDDLE_ASSIGNS_CAPTURED';
    assert.deepEqual(JSON.parse(run([file]).stdout), [refused, refused, refused]);
  });

  test('in CommonJS has functions that are declared in blocks where the language has them', () => {
    const file = write('blocks.cjs', [
      "const weft = 'outside';",
      'const cases = [',
      '  () => { { function weft() {} } return typeof weft; },',
      '  () => { { async function weft() {} } return typeof weft; },',
      '  () => { if (true) { function* weft() {} } return typeof weft; },',
      '  () => { { let weft = 1; { function weft() {} } } return typeof weft; },',
      '  () => { switch (1) { case 1: let weft = 1; { function weft() {} } } return typeof weft; },',
      '  () => { for (let weft = 0; weft < 1; weft++) { function weft() {} break; } return typeof weft; },',
      '  () => { try { throw {}; } catch ({ weft }) { { function weft() {} } } return typeof weft; },',
      '  () => { try { throw 1; } catch (weft) { { function weft() {} } } return typeof weft; },',
      '  () => { { warp: function weft() {} } return typeof weft; },',
      "  () => { 'use strict'; { function weft() {} } return typeof weft; },",
      "  function () { 'use strict'; { function weft() {} } return typeof weft; },",
      "  () => (() => { 'use strict'; { function weft() {} } return typeof weft; })(),",
      '  () => new (class { kind() { { function weft() {} } return typeof weft; } })().kind(),',
      '  () => (class { static { { function weft() {} } this.kind = typeof weft; } }).kind,',
      '];',
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  console.log(JSON.stringify([await Promise.all(cases.map((f) => deferToThread(f))), cases.map((f) => f())]));',
      '});',
    ]);
    const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
    assert.deepEqual(inThread, inline);
  });

  test('that is minified has its mixins and computed names where no blank is before them', () => {
    const file = write('minified.mjs', [
      `import{deferToThread}from${JSON.stringify(heddle)};`,
      'const k="weft",m=B=>class extends B{m(){return 1}};class A{a(){return 2}}',
      'class C extends(m(A)){static s(){return k}}class D extends((B=>m(B))(A)){}',
      'const[f]=Object.values({async[k](){return await k}}),o={get[k](){return k},n(){}},g=()=>[new C().m(),new D().a(),C.s(),o.weft];',
      'console.log(JSON.stringify([await Promise.all([f,g].map(x=>deferToThread(x))),await Promise.all([f(),g()])]));',
    ]);
    const [inThread, inline] = JSON.parse(run([file]).stdout) as [unknown, unknown];
    assert.deepEqual(inThread, inline);
  });

  test('in TypeScript keeps the lines and columns of its source', {
    skip: notInThisNode('running TypeScript without a flag'),
  }, () => {
    const file = write('typed.ts', [
      `const { deferToThread } = (await import(${JSON.stringify(heddle)})) as { deferToThread(f: Function): Promise<number> };`,
      'interface Box { readonly n: number }',
      'const box: Box = { n: 1 };',
      'type Fail = (by: number) => never;',
      'const fail: Fail = (by: number): never => {',
      '  throw new Error([by satisfies number, box.n].join());',
      '};',
      'await deferToThread(() => fail(2)).catch((error: Error) => console.log(error.stack));',
    ]);
    const { stdout } = run([file]);
    assert.match(stdout, /^Error: 2,1\n {4}at fail \(file:.*typed\.ts:6:9\)\n/);
    assert.match(stdout, /typed\.ts:8:27/);
  });

  test('whose modules import it is not run again in a thread', () => {
    write('work.mjs', ["import * as entry from './entry.mjs';", 'export const work = () => typeof entry;']);
    const file = write('entry.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "import { work } from './work.mjs';",
      "console.log('runs');",
      "import('node:timers').then(() => deferToThread(work).then(console.log, ({ code }) => console.log(code)));",
    ]);
    assert.equal(run([file]).stdout, 'runs\nHEDDLE_ENTRY_MODULE\n');
  });

  test('whose modules import it is refused also where the thread has Heddle already', () => {
    write('other.mjs', [`import ${JSON.stringify(heddle)};`, 'export const other = () => 1;']);
    write('uses-entry.mjs', ["import * as entry from './entry-later.mjs';", 'export const work = () => typeof entry;']);
    const file = write('entry-later.mjs', [
      `import { ThreadPool } from ${JSON.stringify(heddle)};`,
      "import { other } from './other.mjs';",
      "import { work } from './uses-entry.mjs';",
      "console.log('runs');",
      "import('node:timers').then(async () => {",
      '  const pool = new ThreadPool({ max: 1 });',
      '  console.log(await pool.defer(other));',
      '  await pool.defer(work).catch(({ code }) => console.log(code));',
      '  await pool.stop();',
      '});',
    ]);
    const { stdout } = run([file]);
    // Before 22.15 Node tells of a module only when it has been loaded.
    const { registerHooks } = process.getBuiltinModule('node:module');
    const again = typeof registerHooks === 'function' ? [] : ['runs'];
    // What a thread prints may come after what it answers.
    const lines = stdout.trimEnd().split('\n');
    assert.deepEqual(lines.toSorted(), ['1', 'HEDDLE_ENTRY_MODULE', 'runs', ...again]);
  });

  test('without leave to make code from texts is told so, and everything else works', () => {
    const file = write('no-code.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const one = 1;',
      'await deferToThread(function inline() { return one; }).catch(({ code, message }) => console.log(code, message));',
      'console.log(await deferToThread(Math.max, 1, 2));',
    ]);
    const { stdout } = run(['--disallow-code-generation-from-strings', file]);
    assert.match(stdout, /^HEDDLE_CODE_GENERATION inline \(.*no-code\.mjs:3:\d+\) is not exported.*\n2\n$/);
  });

  test('that writes into an object it captures is told once for each place in its source', () => {
    const file = write('snapshot.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const cache = new Map([[1, 1]]);',
      'const constant = new Map([[1, 1]]);',
      'const remember = (n) => cache.set(n, n).size + constant.size;',
      'console.log(await deferToThread(remember, 2), await deferToThread((n) => remember(n), 3), cache.size);',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '3 3 1\n');
    assert.equal(stderr.split('[HEDDLE_SNAPSHOT]').length, 2, stderr);
    assert.match(stderr, /remember \(.*snapshot\.mjs:4:18\) uses cache, which the program writes into/);
  });

  test('that fills a table at its top is told nothing, and of what it may write later it is', () => {
    const ways = [
      'const filled = []; filled.push(1); for (const n of [2, 3]) filled[n] = n;',
      'const named = Object.create(null); if (named) named.one = 1;',
      'const counts = {}; class Counted { at = (counts.made = 1); }',
      'const kept = new Set(); const keep = (n) => kept.add(n);',
    ];
    const above = ['const look = () => late[0] + filled.length;', 'const late = []; late.push(4);', ...ways];
    write('filled.mjs', [...above, 'export const calls = [look, () => named.one];']);
    write('filled.cjs', [...above, 'exports.calls = [look, () => named.one];']);
    const file = write('fills.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "import { calls } from './filled.mjs';",
      "import common from './filled.cjs';",
      ...ways,
      'for (const call of [...calls, ...common.calls]) await deferToThread(call);',
      'await deferToThread(() => filled.length + named.one);',
      'const after = {};',
      'for (const n of [1]) { after[n] = n; await deferToThread(() => [after, counts, kept]); }',
      // As test runners and bundlers wrap modules.
      "const own = (text) => (0, eval)('(async (defer) => {' + text + '})')(deferToThread);",
      "await own('const wrapped = []; wrapped.push(1); await defer(() => wrapped.length);');",
      "await own('const later = []; const write = () => later.push(1); await defer(() => later.length);');",
    ]);
    const { stderr } = run([file]);
    const warned = stderr.matchAll(/uses (\w+), which the program writes into/g);
    assert.deepEqual(Array.from(warned, ([, name]) => name).toSorted(), ['after', 'counts', 'kept', 'later'], stderr);
  });

  test('that is declared below its call is told what is written after the call, and nothing of what was before it', () => {
    const file = write('declared-below.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const filled = new Set(); filled.add(1);',
      'const seen = new Set();',
      'const first = deferToThread(count);',
      'seen.add(1);',
      'console.log(await first, await deferToThread(size));',
      'function count() { return seen.size; }',
      'export function size() { return filled.size; }',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '0 1\n');
    const warned = stderr.matchAll(/(\w+) \(.*\) uses (\w+), which the program writes into/g);
    assert.deepEqual(
      Array.from(warned, ([, f, name]) => `${f} ${name}`),
      ['count seen'],
      stderr,
    );
  });

  test('that calls a method of its own, which has the name of one that writes, is told nothing', () => {
    const file = write('own-methods.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const tools = { add: (a, b) => a + b, lists: { push: (n) => [n] }, kept: new Set([1]) };',
      'const other = { list: [1], clear: () => 0 };',
      'tools.add(1, 2);',
      'console.log(await deferToThread(() => tools.add(1, 2) + tools.lists.push(3)[0]));',
      'console.log(await deferToThread(() => [other.list.push(2), other.clear()].join()));',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '6\n2,0\n');
    assert.equal(stderr.split('[HEDDLE_SNAPSHOT]').length, 2, stderr);
    assert.match(stderr, /An anonymous function \(.*own-methods\.mjs:6:33\) uses other, which the program writes into/);
  });

  describe('whose module sets up what a captured function uses', () => {
    const library = [
      'exports.words = [];',
      'exports.use = (word) => { exports.words.push(word); return exports; };',
      'exports.init = async () => {};',
      'exports.defaults = { base: {} };',
      'exports.settings = {};',
    ];
    const told = (stderr: string): string[] =>
      [...stderr.matchAll(/\[HEDDLE_NOT_SET_UP\][^\n]* uses (\S+), which its module sets up by ([^:]*):/g)].map(
        ([, name, by]) => `${name} by ${by}`,
      );

    for (const [kind, lines, expected] of [
      ['a call', ["lib.use('weft');"], ['lib by lib.use(...)']],
      [
        'the first of several calls',
        ["await lib.use('warp').init();", 'lib.defaults.base = 1;'],
        ['lib by lib.use(...)'],
      ],
      ['an assignment', ['lib.defaults.base.url = 1;'], ['lib by lib.defaults.base.url = ...']],
      ['another name of it', ["same.use('weft');"], ['lib by same.use(...)']],
      ['an export that is there for that', ['settings.locale = 1;'], ['lib by settings.locale = ...']],
      ['nothing but what it asks for, listens to or makes', ['lib.words.join(); lib.words.includes(1);'], []],
      ['a function, which a thread may call as well', ["const setUp = () => { lib.use('weft'); };", 'setUp();'], []],
      ['something of the same name', ["function setUp(lib) { lib.use('weft'); }", 'setUp({ use() {} });'], []],
    ] as const) {
      test(`is told so once for each place in its source, where that is ${kind}`, () => {
        mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
        write(path.join('node_modules', 'sets-up', 'index.js'), library);
        const file = write('sets-up.mjs', [
          `import { deferToThread } from ${JSON.stringify(heddle)};`,
          "import lib from 'sets-up';",
          "import same, { settings } from 'sets-up';",
          ...lines,
          'const count = (n) => lib.words.length + n;',
          'console.log(await deferToThread(count, 1), await deferToThread(count, 2));',
        ]);
        const { stdout, stderr } = run([file]);
        assert.equal(stdout, '1 2\n', stderr);
        assert.deepEqual(told(stderr), expected);
      });
    }

    test('is told so in a CommonJS file, and where a development server has put a function around the module', () => {
      mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
      write(path.join('node_modules', 'sets-up', 'index.js'), library);
      write('wrapped.cjs', [
        'module.exports = async () => {',
        "  const imported = require('sets-up');",
        "  imported.use('warp');",
        '  return () => imported.words;',
        '};',
      ]);
      const file = write('sets-up.cjs', [
        "const lib = require('sets-up');",
        "lib.use('weft');",
        "const { words } = require('sets-up');",
        'const made = { get default() { return lib; } };',
        "made.default.use('reed');",
        "const other = { lib: require('sets-up'), n: 1 };",
        'other.n = 2;',
        "const wrapped = require('./wrapped.cjs')();",
        `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
        '  console.log(await deferToThread(() => lib.words.length), await deferToThread(await wrapped));',
        '  console.log(await deferToThread(() => words.length));',
        '  console.log(await deferToThread(() => made.default.use.length), await deferToThread(() => other.lib.use.length));',
        '});',
      ]);
      const { stdout, stderr } = run([file]);
      assert.equal(stdout, '0 []\n3\n1 1\n', stderr);
      assert.deepEqual(told(stderr), [
        'lib by lib.use(...)',
        'imported by imported.use(...)',
        'made by made.default.use(...)',
      ]);
    });

    test('is told so where a compiler has put an object around what the module imports, of what that sets up', () => {
      mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
      write(path.join('node_modules', 'sets-up', 'index.js'), library);
      const file = write('compiled-sets-up.cjs', [
        'const interop = (exports) => ({ default: exports });',
        'function __importDefault(exports) { return interop(exports); }',
        'const lib_1 = __importDefault(require("sets-up"));',
        'const other_1 = __importDefault(require("sets-up"));',
        'const table = { uses: {} };',
        "lib_1.default.use('weft');",
        "other_1.weft = 'warp';",
        "table.uses.first = require('sets-up').use;",
        `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
        '  console.log(await deferToThread(() => lib_1.default.words.length));',
        '  console.log(await deferToThread(() => other_1.default.words.length));',
        '  console.log(await deferToThread(() => typeof table.uses.first));',
        '});',
      ]);
      const { stdout, stderr } = run([file]);
      assert.equal(stdout, '0\n0\nfunction\n', stderr);
      assert.deepEqual(told(stderr), ['lib_1 by lib_1.default.use(...)']);
    });

    for (const kind of ['cjs', 'mjs'] as const) {
      test(`is told nothing where the thread comes by that module as well (${kind})`, () => {
        mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
        write(path.join('node_modules', 'sets-up', 'index.js'), library);
        write(`own-set-up.${kind}`, [
          kind === 'cjs' ? "const lib = require('sets-up');" : "import lib from 'sets-up';",
          "lib.use('weft');",
          'function count() { return lib.words.length; }',
          'count.by = { most: 2 };',
          'const start = (defer) => Promise.all([() => count() * count.by.most, () => [count(), lib.words]].map((f) => defer(f)));',
          kind === 'cjs' ? 'module.exports = { count, start };' : 'export { count, start };',
        ]);
        const file = write(`uses-own-set-up-${kind}.mjs`, [
          `import { deferToThread } from ${JSON.stringify(heddle)};`,
          `import { start } from './own-set-up.${kind}';`,
          'console.log(JSON.stringify(await start(deferToThread)));',
        ]);
        const { stdout, stderr } = run([file]);
        assert.equal(stdout, '[2,[1,["weft"]]]\n', stderr);
        assert.deepEqual(told(stderr), []);
      });
    }

    test('is told nothing where initThread sets it up in each thread', () => {
      mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
      write(path.join('node_modules', 'sets-up', 'index.js'), library);
      for (const [name, initThread, expected] of [
        ['option', "{ initThread: () => lib.use('weft') }", []],
        ['method', "{ initThread() { lib.use('weft'); } }", []],
        ['variable', '{ initThread }', []],
        ['other', '{ initThread: () => lib.init() }', ['lib by lib.use(...)', 'lib by lib.use(...)']],
      ] as const) {
        const file = write(`inits-${name}.mjs`, [
          `import { ThreadPool } from ${JSON.stringify(heddle)};`,
          "import lib from 'sets-up';",
          "lib.use('weft');",
          name === 'variable' ? "const initThread = () => lib.use('weft');" : '',
          `const pool = new ThreadPool(${initThread});`,
          'console.log(await pool.defer(() => lib.words.length));',
          'await pool.stop();',
        ]);
        const { stdout, stderr } = run([file]);
        assert.equal(stdout, name === 'other' ? '0\n' : '1\n', stderr);
        assert.deepEqual(told(stderr), expected);
      }
    });

    test('is told nothing of triggers that the reactor has been given', () => {
      const trigger = "reactor.addSystemEventTrigger('before', 'shutdown', () => {});";
      const module = write('triggers.mjs', [
        `import { deferToThread, reactor } from ${JSON.stringify(heddle)};`,
        trigger,
        'console.log(await deferToThread(() => typeof reactor));',
      ]);
      const common = write('triggers.cjs', [
        `const { deferToThread, reactor } = require(${JSON.stringify(fileURLToPath(heddle))});`,
        trigger,
        'deferToThread(() => typeof reactor).then(console.log);',
      ]);
      for (const file of [module, common]) {
        const { stdout, stderr } = run([file]);
        assert.equal(stdout, 'object\n', stderr);
        assert.deepEqual(told(stderr), []);
      }
    });

    test("is told nothing where a library's method changes an object of the module's own", () => {
      for (const name of ['changes', 'changes-too']) {
        mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
        write(path.join('node_modules', name, 'index.js'), [
          'exports.extend = (to, from) => Object.assign(to, from);',
          'exports.set = (to, key, value) => { to[key] = value; };',
          'exports.twice = (n) => n * 2;',
        ]);
      }
      const file = write('changes-own.mjs', [
        `import { deferToThread } from ${JSON.stringify(heddle)};`,
        "import own from 'changes';",
        "import told, { twice } from 'changes-too';",
        'const options = { rows: {} };',
        'own.extend(options, { size: 2 });',
        "own.set(options.rows, 'first', 1);",
        'console.log(await deferToThread(() => own.twice(1)));',
        'told.extend(twice, { size: 2 });',
        'console.log(await deferToThread(() => told.twice(1)));',
      ]);
      const { stdout, stderr } = run([file]);
      assert.equal(stdout, '2\n2\n', stderr);
      assert.deepEqual(told(stderr), ['told by told.extend(...)']);
    });

    test("is told nothing where the function sets it up itself, and of Node's modules", () => {
      mkdirSync(path.join(folder, 'node_modules', 'sets-up'), { recursive: true });
      write(path.join('node_modules', 'sets-up', 'index.js'), library);
      const file = write('sets-up-itself.mjs', [
        `import { deferToThread } from ${JSON.stringify(heddle)};`,
        "import lib from 'sets-up';",
        "import http from 'node:http';",
        "lib.use('weft');",
        'http.globalAgent.maxSockets = 3;',
        "console.log(await deferToThread(() => { lib.use('weft'); return lib.words.length; }));",
        'console.log(await deferToThread(() => http.METHODS.length > 0));',
      ]);
      const { stdout, stderr } = run([file]);
      assert.equal(stdout, '1\ntrue\n', stderr);
      assert.deepEqual(told(stderr), []);
    });
  });

  test('captures what a variable holds that a declaration, a block or its arguments have given another value', () => {
    const file = write('declared-again.cjs', [
      `import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {`,
      '  const show = async (f) => console.log(await deferToThread(f), f());',
      '  function inBlocks() { return block(); }',
      '  { function block() { return 1; } }',
      '  await show(() => inBlocks());',
      '  { function block() { return 2; } }',
      '  await show(() => inBlocks());',
      '  function cell(first) { return [() => first, (value) => { arguments[0] = value; }]; }',
      '  const [get, set] = cell(1);',
      '  await show(get);',
      '  set(2);',
      '  await show(get);',
      '});',
    ]);
    const again = write('declared-again.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'var size = 1;',
      'const get = () => size;',
      'console.log(await deferToThread(get), get());',
      'var size = 2;',
      'console.log(await deferToThread(get), get());',
    ]);
    assert.equal(run([file]).stdout, '1 1\n2 2\n1 1\n2 2\n');
    assert.equal(run([again]).stdout, '1 1\n2 2\n');
  });

  test('that captures a class whose static values it has changed is told once that the thread has those of its text', () => {
    const file = write('static-values.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'class Loom { static width = 1; static #made = 0; static make() { Loom.#made += 1; return Loom.#made; } }',
      'class Untouched { static width = 1; static made() { return Loom.make(); } }',
      'let Named = class _Named { static width = 1; static get() { return _Named.width; } };',
      'Named.width = 7;',
      'Loom.width = 7;',
      'Loom.make();',
      'console.log(await deferToThread(() => Loom.width), await deferToThread(() => Untouched.width + Untouched.made()));',
      'console.log(await deferToThread(() => Named.get()));',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '1 2\n1\n');
    assert.equal(stderr.split('[HEDDLE_SNAPSHOT]').length, 3, stderr);
    assert.match(stderr, /_Named \(.*:4:13\) has static values, and the program writes into it/);
    assert.match(stderr, /Loom \(.*static-values\.mjs:2:1\) has static values, and the program writes into it/);
  });

  test('that captures a class which writes into itself while it is made is told of what it writes later only', () => {
    const file = write('static-blocks.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'class Made { static width; static { Made.width = 2; for (const n of [1]) Made.width += n; } }',
      'class Later { static width = 1; static { setImmediate(() => { Later.width = 5; }); } }',
      'const inFunction = () => { class Inner { static width; static { Inner.width = 4; } } return () => Inner.width; };',
      'console.log(await deferToThread(() => Made.width), await deferToThread(inFunction()));',
      'await deferToThread(() => Later.width);',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '3 4\n');
    assert.equal(stderr.split('[HEDDLE_SNAPSHOT]').length, 2, stderr);
    assert.match(stderr, /Later \(.*static-blocks\.mjs:3:1\) has static values, and the program writes into it/);
  });

  test('that writes into another variable of the same name, as a minified bundle has them, is not told that it writes into what it captures', () => {
    const file = write('same-names.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const i = new Map([[1, 1]]);',
      'class n { static width = 1; static get() { return n.width; } }',
      'const module1 = () => { const i = new Map(); i.set(1, 1); { let n = {}; n.width = 7; } };',
      'const module2 = (n) => { try { n(); } catch (i) { i.width = 7; } };',
      'const module3 = () => { class n { static width = 2; static get() { return n.width; } } return n; };',
      'const module4 = () => { class t { static width = 3; static get() { return t.width; } } t.width = 7; return t; };',
      'module1();',
      'module2(() => { throw {}; });',
      'const [inner, written] = [module3(), module4()];',
      'console.log(await deferToThread(() => i.size), await deferToThread(n.get));',
      'console.log(await deferToThread(inner.get), await deferToThread(written.get));',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, '1 1\n2 3\n');
    assert.equal(stderr.split('[HEDDLE_SNAPSHOT]').length, 2, stderr);
    assert.match(stderr, /t \(.*same-names\.mjs:7:25\) has static values, and the program writes into it/);
  });

  for (const [kind, file, exporting] of [
    ['an ES module', 'table.mjs', 'export default {'],
    ['CommonJS', 'table.cjs', 'module.exports = {'],
  ] as const) {
    test(`that has a very long table is read as any other: ${kind}`, () => {
      const table = write(file, [
        `const fill = () => { const table = [${'0,'.repeat(300_000)}]; table[0] = 1; return table; };`,
        `class Table { static all = [${'0,'.repeat(300_000)}]; static get size() { return this.all.length; } }`,
        'const by = new Map([[1, 7]]);',
        'const get = () => () => by.get(1);',
        'const size = () => () => Table.size;',
        `${exporting} fill, get, size };`,
      ]);
      const program = write('long-table.mjs', [
        `import { deferToThread } from ${JSON.stringify(heddle)};`,
        `import table from ${JSON.stringify(pathToFileURL(table).href)};`,
        'console.log(await deferToThread(table.get()), await deferToThread(table.size()));',
      ]);
      const { stdout, stderr } = run([program]);
      assert.equal(stdout, '7 300000\n', stderr);
    });
  }

  test('that writes into an object it captures, and is refused, is told of the refusal alone', () => {
    const file = write('refused-snapshot.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const cache = new Map();',
      'const pending = new WeakMap();',
      'const remember = (n) => cache.set(n, pending.get(n));',
      'await deferToThread(remember, 2).catch(({ code }) => console.log(code));',
    ]);
    const { stdout, stderr } = run([file]);
    assert.equal(stdout, 'HEDDLE_CAPTURES_UNCLONABLE\n');
    assert.equal(stderr, '');
  });

  test('that uses a class with a key that was computed from what is forgotten is told so', () => {
    const file = write('key.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "const kept = 'kept';",
      'const key = String(Math.PI);',
      'class Kept { [kept]() {} }',
      'class Forgotten { [key]() {} }',
      'await deferToThread(() => [kept, Object.getOwnPropertyNames(Kept.prototype)].join()).then(console.log);',
      'await deferToThread(() => new Forgotten()).catch(({ code, message }) => console.log(code, message));',
    ]);
    const { stdout } = run([file]);
    assert.match(
      stdout,
      /^kept,constructor,kept\nHEDDLE_UNREADABLE_SOURCE .*uses Forgotten \(.*:5:1\), which has a member whose name was computed from key, which is kept nowhere\. Write/,
    );
  });

  test('that uses a class with a key that was computed from what has changed since is told so', () => {
    const file = write('changed-key.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "let key = 'warp';",
      "const keys = { method: 'weave', count: 1 };",
      "const symbol = Symbol.for('heddle.key');",
      'class Method { [key]() { return key; } }',
      'class Static { static [key] = 1; read() { return key; } }',
      'class Part { [keys.method]() { return keys; } }',
      `class Template { [\`on-\${key}-\${keys.count}\`]() { return keys; } }`,
      `class Kept { get [keys.method]() { return 1; } static [\`\${keys.count}\`]() {} [symbol]() { return symbol.description; } }`,
      'let count = 1;',
      "const fixed = 'shed';",
      'class Field { [key] = 1; read() { return key; } }',
      'class Sum { ["on" + count]() { return count; } }',
      'class Other { [keys.method + 1] = 1; read() { return keys; } }',
      'class Fixed { [fixed] = 1; [fixed + 1]() { return fixed; } }',
      'console.log(await deferToThread(() => JSON.stringify([new Fixed(), Reflect.ownKeys(Fixed.prototype)])));',
      'const names = () => [Reflect.ownKeys(Kept.prototype), Kept[keys.count].name, new Kept()[symbol]()];',
      'console.log((await deferToThread(() => String(names().flat().map(String)))) === String(names().flat().map(String)));',
      "key = 'weft';",
      "keys.method = 'beat';",
      'count += 1;',
      'for (const f of [() => Method, () => Static, () => Part, () => Template, () => Field, () => Sum, () => Other]) {',
      '  await deferToThread(f).catch(({ code, message }) => console.log(code, /computed from .*? since/.exec(message)?.[0]));',
      '}',
    ]);
    const { stdout } = run([file]);
    const has = ['key', 'key', 'keys', 'key'].map((name) => `${name}, which has`);
    const mayHave = ['key', 'count', 'keys'].map((name) => `${name}, which may have`);
    const lines = [...has, ...mayHave].map((what) => `HEDDLE_UNREADABLE_SOURCE computed from ${what} changed since\n`);
    assert.equal(stdout, `[{"shed":1},["constructor","shed1"]]\ntrue\n${lines.join('')}`);
  });

  test('that uses a function which only this thread has put into a module is told so, before anything has run', () => {
    write('stages.mjs', [
      'export const stages = {};',
      'export const use = (name, n) => { stages[name] = (x) => x * n; };',
    ]);
    const file = write('uses-stages.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "import { stages, use } from './stages.mjs';",
      "use('double', 2);",
      'const { double } = stages;',
      'const all = { double };',
      'const calls = [',
      '  deferToThread(double, 4),',
      '  deferToThread((x) => double(x), 4),',
      "  deferToThread((x) => (typeof double === 'function' ? double(x) : x), 4),",
      '  deferToThread((x) => all.double(x), 4),',
      '];',
      'for (const call of calls) await call.catch(({ code, message }) => console.log(code, message));',
    ]);
    const [first, ...others] = run([file]).stdout.trim().split('\n');
    assert.match(
      first!,
      /^HEDDLE_NO_SUCH_FUNCTION .*stages\.mjs gives no function 'stages\.double' in the thread\. It has: /,
    );
    assert.deepEqual(others, [first, first, first]);
  });

  test('that has a debugger listening ends as without', () => {
    const file = write('inspected.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      'const one = 1;',
      'console.log(await deferToThread(() => one));',
    ]);
    assert.equal(run(['--inspect=127.0.0.1:0', file]).stdout, '1\n');
  });
});

for (const [where, args, input] of [
  ['node -e', ['-e'], undefined],
  ['standard input', ['-'], 'input'],
] as const) {
  test(`what is typed into ${where} can use its variables and functions in a thread`, () => {
    const source = `
      const { join } = require('node:path');
      const one = 1;
      function addOne(n) { return n + one; }
      import(${JSON.stringify(heddle)})
        .then(({ deferToThread }) => deferToThread(() => join('a', String(addOne(1))) + require('node:os').EOL.length))
        .then(console.log);`;
    const { stdout } = input === undefined ? run([...args, source]) : run(args, source);
    assert.equal(stdout, `${path.join('a', '2')}1\n`);
  });
}

test('what is typed into the REPL can use its variables and functions in a thread', async () => {
  // With its input the REPL would end at once, whatever it still waits for.
  const repl = spawn(process.execPath, ['--no-warnings', '-i'], { timeout: 30_000 });
  let output = '';
  repl.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (/^(?:> )?answer /m.test(output)) repl.stdin.end();
  });
  const ended = once(repl, 'exit');
  repl.stdin.write(
    [
      'const five = 5',
      'let one = 1',
      'function twice(n) { return n * 2 }',
      `import(${JSON.stringify(heddle)}).then((heddle) => heddle.deferToThread(() => twice(five) + one)).then((v) => console.log('answer', v))`,
      '',
    ].join('\n'),
  );
  await ended;
  assert.match(output, /answer 11$/m);
});

function run(args: readonly string[], input?: string): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8', timeout: 30_000 });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}
