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

  test('of CommonJS that TypeScript made has the module’s exported variables as they are at the call', async () => {
    writeFileSync(
      path.join(folder, 'state.cjs'),
      `Object.defineProperty(exports, '__esModule', { value: true });
exports.greeting = 'Hello';
exports.settings = { level: 1 };
exports.served = new (class Served { names = ['Ada']; count() { return this.names.length; } })();
exports.double = function double(n) { return n * 2; };
exports.change = function change() { exports.greeting = 'Goodbye'; exports.settings.level = 2; };
exports.ask = (defer) => defer((name) => \`\${exports.greeting} \${name} \${exports.settings.level}\`, 'Ada');
// What cannot be copied is the thread's own.
exports.count = (defer) => defer(() => [exports.greeting, exports.served.count(), (0, exports.double)(4)].join());`,
    );
    const { stdout, stderr } = await run(
      `import state from './state.cjs';
const defer = (f, ...args) => deferToThread(f, ...args);
console.log(await state.ask(defer));
state.change();
console.log(await state.ask(defer), await state.ask(defer));
console.log(await state.count(defer));`,
    );
    assert.equal(stdout, 'Hello Ada 1\nGoodbye Ada 2 Goodbye Ada 2\nGoodbye,1,8\n', stderr);
    assert.equal(stderr, '');
  });

  test('that was compiled for a language without async functions has no `this` that nobody uses', async () => {
    const { stdout, stderr } = await run(
      `const __awaiter = (thisArg, _arguments, P, generator) => new Promise((resolve, reject) => {
  const made = generator.call(thisArg);
  const step = (value) => { const next = made.next(value); next.done ? resolve(next.value) : Promise.resolve(next.value).then(step, reject); };
  step();
});
const limit = 2;
function local(n) { return __awaiter(this, void 0, void 0, function* () { yield null; return n + limit; }); }
function own(n) { return __awaiter(this, void 0, void 0, function* () { return (() => this)(); }); }
class Service { within() { return deferToThread((n) => __awaiter(this, void 0, void 0, function* () { return n + limit; }), 2); } }
console.log(await deferToThread(local, 1), await new Service().within());
await deferToThread(own, 1).catch((error) => console.log(error.code));`,
    );
    assert.equal(stdout, '3 4\nHEDDLE_CAPTURES_THIS\n', stderr);
  });

  test('may use a default import as webpack writes it', async () => {
    const { stdout, stderr } = await run(
      `import * as module from 'node:path';
// Its getter has itself as a property.
const getter = () => module.default;
Object.defineProperty(getter, 'a', { enumerable: true, get: getter });
console.log(await deferToThread(() => getter().basename('/a/b')));`,
    );
    assert.equal(stdout, 'b\n', stderr);
  });

  test('may use what a bundle of webpack gives by a getter with a comment', async () => {
    writeFileSync(
      path.join(folder, 'bundle.cjs'),
      `module.exports = (() => {
const exported = {};
const give = (definition) => {
  for (const key in definition) Object.defineProperty(exported, key, { enumerable: true, get: definition[key] });
};
give({ Rule: () => (/* binding */ Rule), times: () => (/* reexport safe */ other.times) });
const other = { times: (n) => n * Rule.factor };
const Rule = (function () { function Rule(n) { this.n = n; } Rule.prototype.twice = function () { return 2 * this.n; }; return Rule; })();
Rule.factor = 3;
return exported;
})();`,
    );
    const { stdout, stderr } = await run(
      `import bundle from './bundle.cjs';
const { Rule, times } = bundle;
console.log(await deferToThread((n) => new Rule(n).twice(), 4), await deferToThread(times, 2));`,
    );
    assert.equal(stdout, '8 6\n', stderr);
  });

  test('is refused for a class with decorators that only note something elsewhere', async () => {
    const { stdout, stderr } = await run(
      `const notes = new Map();
const note = (target, key) => void notes.set(key, target);
const __decorate = (decorators, target, key) => decorators.forEach((decorate) => decorate(target, key));
class Row { constructor() { this.secret = 1; } }
__decorate([note], Row.prototype, 'secret', void 0);
class Plain { constructor() { this.open = 1; } }
console.log(await deferToThread(() => new Plain().open));
await deferToThread(() => new Row().secret).catch((error) => console.log(error.code, error.message));`,
    );
    assert.match(stdout, /^1\nHEDDLE_CAPTURES_UNCLONABLE .* has decorators that a compiler has put beside it/, stderr);
  });

  test('that a subclass or another object inherits is refused where it uses `this`', async () => {
    const { stdout, stderr } = await run(
      `import { Model, User, base, child, Other } from './other.mjs';
const codeOf = (f) => deferToThread(f).then((value) => value, (error) => error.code);
console.log(await codeOf(User.describe), await codeOf(child.hello), await codeOf(Model.name2), await codeOf(Other.describe));
console.log(await codeOf(() => User.describe()));`,
      `export class Model { static table = 'model'; static describe() { return this.table; } static name2() { return 'without'; } }
export class User extends Model { static table = 'user'; }
export const base = { name: 'base', hello() { return this.name; } };
export const child = Object.create(base, { name: { value: 'child' } });
export class Other { static table = 'other'; static describe() { return this.table + ''; } }
export class More extends Other { static describe() { return 'more'; } }`,
    );
    assert.equal(stdout, 'HEDDLE_AMBIGUOUS_THIS HEDDLE_AMBIGUOUS_THIS without other\nuser\n', stderr);
  });

  test('is named by the source map of its own text, where several have no file', async () => {
    const { stdout, stderr } = await run(
      `const map = (source) => '\\n//# sourceMappingURL=data:application/json;base64,' +
  Buffer.from(JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' })).toString('base64');
for (const source of ['/first.ts', '/second.ts']) {
  const f = (0, eval)('(socket) => () => socket' + map(source))(process.stdout);
  await deferToThread(f).catch((error) => console.log(error.location.file));
}`,
    );
    assert.equal(stdout, '/first.ts\n/second.ts\n', stderr);
  });

  test('is as strict as its own text is, though another of the same text was captured before', async () => {
    writeFileSync(
      path.join(folder, 'sloppy.cjs'),
      'const f = function (a) { a = 2; return arguments[0]; }; exports.run = (defer) => defer(f);',
    );
    const { stdout, stderr } = await run(
      `import sloppy from './sloppy.cjs';
const f = function (a) { a = 2; return arguments[0]; };
console.log(await deferToThread(f, 1), await sloppy.run((g) => deferToThread(g, 1)));`,
    );
    assert.equal(stdout, '1 2\n', stderr);
  });

  for (const first of ['sloppy', 'strict']) {
    test(`is as strict as its own text is where Node does not tell that: an arrow function, a generator, ${first} first`, async () => {
      const forms = [
        `() => (function () { return '${first}', this === undefined; })()`,
        `() => { '${first}'; { function f() {} } return typeof f; }`,
        `async (a) => { return (function (b) { b = '${first}'; return arguments[0]; })(a); }`,
        `async function (a) { a = '${first}'; return arguments[0]; }`,
      ].join(', ');
      writeFileSync(
        path.join(folder, `modes-${first}.cjs`),
        `const forms = [${forms}]; exports.forms = (all) => all.push(...forms);`,
      );
      const { stdout, stderr } = await run(
        `import sloppy from './modes-${first}.cjs';
const strict = [${forms}];
const all = [];
sloppy.forms(all);
const pairs = ${first === 'sloppy' ? '[all, strict]' : '[strict, all]'};
const inThread = [];
for (const f of pairs.flat()) inThread.push(await deferToThread(f, 1).catch(({ message }) => message));
console.log(JSON.stringify(inThread));
console.log(JSON.stringify(await Promise.all(pairs.flat().map(async (f) => f(1)))));`,
      );
      const [inThread, inline] = stdout.split('\n');
      assert.equal(inThread, inline, stderr);
      assert.match(inThread as string, /true/);
    });
  }

  test('is found beside a module whose exports let nobody look through them', async () => {
    writeFileSync(
      path.join(folder, 'proxied.cjs'),
      "module.exports = new Proxy({}, { ownKeys() { throw new Error('its own affair'); } });",
    );
    const { stdout, stderr } = await run(
      `import './proxied.cjs';
import { hidden } from './other.mjs';
console.log(await deferToThread(hidden(), 3));`,
      'const double = (x) => x * 2; export const hidden = () => double;',
    );
    assert.equal(stdout, '6\n', stderr);
  });

  test('of two that cannot be loaded, neither ends the thread of others', async () => {
    const onlyHere = "if (!isMainThread) throw new Error('only in the main thread');";
    writeFileSync(
      path.join(folder, 'two.cjs'),
      `const { isMainThread } = require('node:worker_threads'); ${onlyHere} exports.two = function two() {};`,
    );
    const { stdout, stderr } = await run(
      `import { setTimeout } from 'node:timers/promises';
import { one } from './other.mjs';
import { two } from './two.cjs';
const pool = new ThreadPool({ max: 1, concurrency: 2 });
const buffer = new Int32Array(new SharedArrayBuffer(8));
const innocent = pool.defer(async (shared) => {
  const { setTimeout } = await import('node:timers/promises');
  while (Atomics.load(shared, 0) === 0) await setTimeout(5);
  // A rejection that nobody has seen ends the thread in a turn or two.
  await setTimeout(100);
  return 'whole';
}, buffer);
await pool.defer(() => 1);
pool.callMultipleInThread([[one], [two]]);
while (pool.pendingCalls().length > 1) await setTimeout(5);
Atomics.store(buffer, 0, 1);
console.log(await innocent.catch((error) => error.message));
await pool.stop();`,
      `import { isMainThread } from 'node:worker_threads'; ${onlyHere} export function one() {}`,
    );
    assert.equal(stdout, 'whole\n', stderr);
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
    'methods that have been deleted': [
      'class Loom { width() {} static of() {} } delete Loom.prototype.width; delete Loom.of;',
      '() => [typeof new Loom().width, typeof Loom.of]',
      /has lost members \(prototype\.width, of\)/,
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
