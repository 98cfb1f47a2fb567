import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runNode } from '../support/program.ts';

const heddle = import.meta.resolve('heddle');

/** What tools make of TypeScript, and what a class has that its text does not say. */
describe('a captured function', () => {
  let folder = '';

  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-compiled-')));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs a program of an entry and one other module, and gives what they print. */
  async function run(entry: string, other = ''): Promise<{ stdout: string; stderr: string; code: number | null }> {
    const head = `import { deferToThread, ThreadPool } from ${JSON.stringify(heddle)};\n`;
    writeFileSync(path.join(folder, 'other.mjs'), head + other);
    writeFileSync(path.join(folder, 'entry.mjs'), head + entry);
    return runNode([path.join(folder, 'entry.mjs')]);
  }

  test('of a module that a test runner has made of TypeScript goes by its text', async () => {
    const file = path.join(folder, 'made.ts');
    // What Node cannot read; a thread has no runner that could.
    writeFileSync(file, "import { enum as other } from './not-there'; export enum Kind { one }");
    const { stdout, stderr } = await run(
      `import vm from 'node:vm';
const nodes = process.getBuiltinModule('node:module');
const file = ${JSON.stringify(file)};
const module = { exports: {}, filename: file, id: file, loaded: true, children: [], paths: [] };
const code = 'const by = 10; exports.tenfold = function tenfold(x) { return x * by; }; exports.twice = function (x) { return x * 2; };';
vm.runInThisContext('(function (exports) { ' + code + ' })', { filename: file })(module.exports);
// As Jest does.
const { createRequire } = nodes;
nodes.createRequire = (from) => Object.assign(createRequire(from), { cache: new Proxy({ [file]: module }, {}) });
const { exports } = module;
console.log(await deferToThread(exports.tenfold, 1), await deferToThread(exports.twice, 1));
console.log(await deferToThread(() => exports.tenfold(3) + exports.twice(1)));`,
    );
    assert.equal(stdout, '10 2\n32\n', stderr);
  });

  test('in which Vite has replaced import() is refused for that', async () => {
    const { stdout, stderr } = await run(
      `const __vite_ssr_dynamic_import__ = (specifier) => import(specifier);
await deferToThread(async () => (await __vite_ssr_dynamic_import__('node:os')).EOL).catch((error) => console.log(error.code, error.message));`,
    );
    assert.match(stdout, /^HEDDLE_DYNAMIC_IMPORT .* uses import\(\), which Vite has replaced/, stderr);
  });

  test('that is refused while others are looked for fails its call, and no more', async () => {
    const { stdout, stderr, code } = await run(
      `import { run } from './other.mjs';
await run().catch((error) => console.log('caught', error.code));
setTimeout(() => console.log('still here'), 50);`,
      `let hits = 0; let misses = 0;
function log() { hits++; }
function store() { log(); }
function load() { misses++; }
export function run() { return deferToThread(() => { store(); load(); }); }`,
    );
    assert.deepEqual([stdout, stderr, code], ['caught HEDDLE_ASSIGNS_CAPTURED\nstill here\n', '', 0]);
  });

  test('that is initThread and refused costs the program nothing where no thread can be made', async () => {
    const { stdout, code } = await run(
      `let n = 0;
const pool = new ThreadPool({ max: 1, execArgv: ['--not-a-flag'], initThread: () => { n++; } });
await pool.defer(Math.max, 1).catch(() => console.log('failed'));
setTimeout(() => console.log('still here'), 50);`,
    );
    assert.deepEqual([stdout, code], ['failed\nstill here\n', 0]);
  });

  const classes = {
    'a static property that was put on it': [
      'class Counter { static get() { return Counter.start; } } Counter.start = 5;',
      '() => Counter.get()',
      /properties of its own \(start\)/,
    ],
    'a method that was put on its prototype': [
      'class Plain {} Plain.prototype.extra = function () { return 2; };',
      '() => new Plain().extra()',
      /properties of its own \(prototype\.extra\)/,
    ],
    'a method that another has replaced, as by a decorator': [
      'class Loom { width() { return 21; } } const old = Loom.prototype.width; Loom.prototype.width = function twice() { return 2 * old.call(this); };',
      '() => new Loom().width()',
      /properties of its own \(prototype\.width\)/,
    ],
  } as const;
  for (const [what, [text, f, message]] of Object.entries(classes)) {
    test(`of a class with ${what} is refused, not run without it`, async () => {
      const { stdout } = await run(
        `${text}\nawait deferToThread(${f}).catch((error) => console.log(error.code, error.message));`,
      );
      assert.match(stdout, /^HEDDLE_CAPTURES_UNCLONABLE/);
      assert.match(stdout, message);
    });
  }

  test('of a class that is as its text says runs', async () => {
    const { stdout } = await run(`
class Base { static made = 1; }
class Whole extends Base {
  static #count = 3;
  static unit = 'mm';
  static { Whole.added = 4; }
  static ['computed']() { return 5; }
  static get length2() { return Whole.#count; }
  'quoted name'() { return 6; }
  1() { return 7; }
  get size() { return 8; }
  set size(value) {}
  async *items() { yield 9; }
}
console.log(JSON.stringify(await deferToThread(async () => {
  const whole = new Whole();
  return [Whole.made, Whole.unit, Whole.added, Whole.computed(), Whole.length2, whole['quoted name'](), whole[1](), whole.size, (await whole.items().next()).value];
})));`);
    assert.equal(stdout, '[1,"mm",4,5,3,6,7,8,9]\n');
  });

  test('may use an enum or a namespace of TypeScript without a warning, and is warned of what the program writes into', async () => {
    const { stdout, stderr } = await run(`var Level;
(function (Level) {
  Level[Level['Low'] = 1] = 'Low';
  Level[Level['High'] = 2] = 'High';
})(Level || (Level = {}));
const counts = {};
function count(name) { counts[name] = 1; }
count('a');
console.log(await deferToThread((x) => x + Level.High, 1));
console.log(await deferToThread(() => Object.keys(counts).length));`);
    assert.equal(stdout, '3\n1\n');
    assert.ok(!stderr.includes('Level'), stderr);
    assert.match(stderr, /HEDDLE_SNAPSHOT.* counts|uses counts/);
  });

  test('may extend and use the classes that Node has on the global object', async () => {
    const { stdout } = await run(`class Upper extends TransformStream {
  constructor() { super({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) }); }
}
const Failure = DOMException;
console.log(await deferToThread(async () => {
  const upper = new Upper();
  const writer = upper.writable.getWriter();
  void writer.write('text');
  return (await upper.readable.getReader().read()).value;
}));
console.log(await deferToThread(() => new Failure('text', 'AbortError').code));`);
    assert.equal(stdout, 'TEXT\n20\n');
  });
});
