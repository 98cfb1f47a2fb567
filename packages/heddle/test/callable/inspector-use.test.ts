import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { notInThisNode } from '../support/skip.ts';
import { runProgram } from './program.ts';

/** How often a program's calls open a session of the inspector, and enable its Debugger domain. */

const heddle = import.meta.resolve('heddle');

// Counts before Heddle is loaded; `counted` gives what came since it was last asked.
const counting = `
import { Session } from 'node:inspector';
const counts = { sessions: 0, questions: 0, announcements: 0 };
const { connect, post } = Session.prototype;
Session.prototype.connect = function () { counts.sessions++; return connect.call(this); };
Session.prototype.post = function (method, ...rest) {
  if (method === 'Debugger.enable') counts.announcements++;
  if (/^Runtime\\.(?!release)/.test(method)) counts.questions++;
  return post.call(this, method, ...rest);
};
export function counted() {
  const { questions, ...others } = counts;
  Object.assign(counts, { sessions: 0, questions: 0, announcements: 0 });
  return others;
}
export function questions() {
  return counts.questions;
}
export const tell = (value) => console.log(JSON.stringify(value));
`;

/** What Node writes of how often functions have run. */
interface Coverage {
  readonly result: readonly { readonly url: string; readonly functions: unknown }[];
}

describe('the inspector', () => {
  let folder = '';

  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-inspector-')));
    write('counting.mjs', counting);
    write('work.mjs', 'export const work = (n) => n + 1;\nexport const other = (n) => n + 2;\n');
    write('third.mjs', 'export const third = (n) => n + 3;\n');
    write(
      'inline.mjs',
      `import { deferToThread } from ${JSON.stringify(heddle)};
export const inline = (by) => deferToThread((n) => n + by, 1);
export const another = (by) => deferToThread((n) => n * by, 2);
export const withOptions = (by) => deferToThread.with({ timeout: 60_000 })((n) => n - by, 3);
export const hidden = (by) => { const f = (n) => n + by; return deferToThread(f, 1); };
`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, source: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, source);
    return file;
  }

  function run(name: string, lines: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<unknown[]> {
    const head = [
      "import { counted, questions, tell } from './counting.mjs';",
      `const { deferToThread, threadFunction, ThreadPool } = await import(${JSON.stringify(heddle)});`,
    ];
    return runProgram([write(name, [...head, ...lines].join('\n'))], { env });
  }

  test('is left alone by a program whose functions are named or Node’s own', async () => {
    const counts = await run('named.mjs', [
      "const work = threadFunction(new URL('./work.mjs', import.meta.url), 'work');",
      'await deferToThread(work, 1);',
      'await deferToThread(JSON.parse, "1");',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [{ sessions: 0, announcements: 0 }]);
  });

  const ofNode = [
    'Buffer.concat, []',
    'path.win32.join, "a", "b"',
    'structuredClone, 1',
    'pbkdf2Sync, "a", "b", 1, 8, "sha1"',
    // Node calls it syncBufferWrapper.
    'gzipSync, "a"',
  ];
  for (const call of ofNode) {
    test(`is left alone by a program whose first call is of (${call})`, async () => {
      const counts = await run('of-node.mjs', [
        "const { default: path } = await import('node:path');",
        "const { pbkdf2Sync } = await import('node:crypto');",
        "const { gzipSync } = await import('node:zlib');",
        `await deferToThread(${call});`,
        'tell(counted());',
      ]);
      assert.deepEqual(counts, [{ sessions: 0, announcements: 0 }]);
    });
  }

  test('is not loaded in a thread for a function of an ES module', async () => {
    write('loaded.mjs', "export const isLoaded = () => process.moduleLoadList.includes('NativeModule inspector');\n");
    const answers = await run('threads.mjs', [
      "const { isLoaded } = await import('./loaded.mjs');",
      'tell([await deferToThread(isLoaded), isLoaded()]);',
    ]);
    assert.deepEqual(answers, [[false, true]]);
  });

  test('announces no scripts for exported functions of ES modules that were loaded before the first call', async () => {
    const counts = await run('exported.mjs', [
      "const { work, other } = await import('./work.mjs');",
      "const { third } = await import('./third.mjs');",
      'tell([await deferToThread(work, 1), await deferToThread(other, 1), await deferToThread(third, 1)]);',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [[2, 3, 4], { sessions: 1, announcements: 0 }]);
  });

  test('announces no scripts for what a CommonJS file exports, also of a package, or loaded later', async () => {
    mkdirSync(path.join(folder, 'node_modules/summing'), { recursive: true });
    write('node_modules/summing/package.json', '{ "name": "summing", "main": "index.js" }');
    write('node_modules/summing/index.js', "exports.sum = require('./sum.js').sum;\n");
    write('node_modules/summing/sum.js', '// The sum.\nfunction sum(a, b) {\n  return a + b;\n}\nexports.sum = sum;\n');
    write('arrow.cjs', "'use strict';\nmodule.exports = (n) => n * 2;\n");
    const counts = await run('common.mjs', [
      "const { default: double } = await import('./arrow.cjs');",
      'tell(await deferToThread(double, 4));',
      "const { default: { sum } } = await import('summing');",
      'tell(await deferToThread(sum, 4, 5));',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [8, 9, { sessions: 1, announcements: 0 }]);
  });

  test('announces scripts once for all functions that have to be looked for', async () => {
    const counts = await run('once.mjs', [
      "const { hidden } = await import('./inline.mjs');",
      'await hidden(1);',
      'tell(counted());',
      'await hidden(2);',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [
      { sessions: 1, announcements: 1 },
      { sessions: 0, announcements: 0 },
    ]);
  });

  test('announces scripts for a function of a package, whose other modules have to be known', async () => {
    mkdirSync(path.join(folder, 'node_modules/counter'), { recursive: true });
    write('node_modules/counter/package.json', '{ "name": "counter", "exports": "./index.mjs" }');
    write('node_modules/counter/index.mjs', "export { increment } from './increment.mjs';\n");
    write('node_modules/counter/increment.mjs', 'export const increment = (n) => n + 1;\n');
    const counts = await run('packaged.mjs', [
      "const { increment } = await import('counter');",
      'tell(await deferToThread(increment, 1));',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [2, { sessions: 1, announcements: 1 }]);
  });

  test('counts the same in a measuring of coverage as if nobody else had asked it', async () => {
    write('covered.mjs', 'export const covered = (n) => (n < 0 ? -n : n);\nexport const idle = () => 1;\n');
    const counts: unknown[] = [];
    for (const call of ['', 'await deferToThread(covered, 1);']) {
      const output = path.join(folder, 'coverage');
      const lines = [
        "const { covered } = await import('./covered.mjs');",
        'covered(-1);',
        call,
        'covered(1);',
        'tell(1);',
      ];
      await run('measured.mjs', lines, { NODE_V8_COVERAGE: output });
      const main = readdirSync(output)
        .map((file) => JSON.parse(readFileSync(path.join(output, file), 'utf8')) as Coverage)
        .find(({ result }) => result.some(({ url }) => url.endsWith('/measured.mjs')));
      counts.push(main?.result.find(({ url }) => url.endsWith('/covered.mjs'))?.functions);
      rmSync(output, { recursive: true });
    }
    assert.ok(counts[0] !== undefined);
    assert.deepEqual(counts[1], counts[0]);
  });

  test('is asked nothing about a known function, and three things about a closure of a known literal', async () => {
    const counts = await run('known.mjs', [
      "const { work } = await import('./work.mjs');",
      'const closure = (by) => (n) => n + by;',
      'await deferToThread(work, 1);',
      'await deferToThread(closure(1), 1);',
      'counted();',
      'await deferToThread(work, 1);',
      'tell(questions());',
      'tell(await deferToThread(closure(2), 1));',
      'tell(questions());',
      'const once = closure(3);',
      'await deferToThread(once, 1);',
      'counted();',
      'await deferToThread(once, 1);',
      'tell(questions());',
    ]);
    // The last closure itself is known: what it captures is never assigned to.
    assert.deepEqual(counts, [0, 3, 3, 0]);
  });

  test('is not spared for long by looks through Node’s modules where closures are ever new or a burst of calls comes', async () => {
    const counts = await run('looks.mjs', [
      'let looks = 0;',
      'const { getBuiltinModule } = process;',
      "process.getBuiltinModule = (name) => { looks += name === 'node:querystring'; return getBuiltinModule(name); };",
      "await import('node:querystring');",
      "const { work } = await import('./work.mjs');",
      'const closure = (by) => (n) => n + by;',
      'for (let by = 0; by < 20; by++) await deferToThread(closure(by), 1);',
      'tell(looks > 0);',
      'looks = 0;',
      'let sum = 0;',
      'for (let by = 0; by < 20; by++) sum += await deferToThread(closure(by), 1);',
      'const burst = Array.from({ length: 20 }, (_, n) => deferToThread(work, n));',
      'tell(looks);',
      'for (const call of burst) sum += await call;',
      'tell(sum);',
    ]);
    assert.deepEqual(counts, [true, 0, 420]);
  });

  test('is asked some dozen times for a burst of calls whose function nobody knows yet', async () => {
    write(
      'bursts.mjs',
      `let moves = 1;
const three = 3;
export const moved = (n) => n + moves;
export const move = () => { moves += 1; };
const plusThree = (n) => n + three;
export const ofHidden = (defer) => Array.from({ length: 1000 }, (_, n) => defer(plusThree, n));
`,
    );
    const [exported, hidden, asked] = await run('burst.mjs', [
      "const { moved, ofHidden } = await import('./bursts.mjs');",
      'tell(await Promise.all(Array.from({ length: 1000 }, (_, n) => deferToThread(moved, n))));',
      'tell(await Promise.all(ofHidden(deferToThread)));',
      'tell(questions());',
    ]);
    assert.deepEqual(
      exported,
      Array.from({ length: 1000 }, (_, n) => n + 1),
    );
    assert.deepEqual(
      hidden,
      Array.from({ length: 1000 }, (_, n) => n + 3),
    );
    assert.ok(Number(asked) < 600, `${asked}`);
  });

  const list = Array.from({ length: 30 }, (_, n) => `(x) => x + ${n},`).join('\n');
  const manyFunctions = {
    'were made of texts, each when it is deferred': {
      program: ["const at = (n) => new Function('x', 'return x + ' + n);"],
      most: 3,
    },
    'are in a file that has changed since it was loaded': {
      program: [
        "const { writeFileSync } = await import('node:fs');",
        "const { at } = await import('./edited.mjs');",
        "writeFileSync(new URL('edited.mjs', import.meta.url), '// Another text.');",
      ],
      most: 4,
    },
  };
  for (const [which, { program, most }] of Object.entries(manyFunctions)) {
    test(`announces scripts a few times for many functions that ${which}`, async () => {
      write('edited.mjs', `const list = [\n${list}\n];\nexport const at = (n) => list[n];\n`);
      const [sums, counts] = await run(`many-functions-${most}.mjs`, [
        ...program,
        'tell(await Promise.all(Array.from({ length: 30 }, (_, n) => deferToThread(at(n), 1))));',
        'tell(counted());',
      ]);
      assert.deepEqual(
        sums,
        Array.from({ length: 30 }, (_, n) => n + 1),
      );
      const { announcements } = counts as { announcements: number };
      assert.ok(announcements <= most, `${announcements}`);
    });
  }

  test('announces scripts once for functions made of texts one after the other, and again for a module that comes then', async () => {
    write('bound.mjs', 'export const bound = Math.max.bind(undefined, 5);\n');
    const answers = await run('one-by-one.mjs', [
      "const next = (n) => deferToThread(new Function('x', 'return x + ' + n), 1);",
      'await next(0);',
      'counted();',
      'let sum = 0;',
      'for (let n = 1; n <= 20; n++) sum += await next(n);',
      'tell([sum, counted().announcements]);',
      'new Function("return 1");',
      "const { bound } = await import('./bound.mjs');",
      'tell([await next(30), await deferToThread(bound, 3)]);',
    ]);
    assert.deepEqual(answers, [
      [230, 0],
      [31, 5],
    ]);
  });

  test('many functions that have to be looked for share one look through the modules', async () => {
    for (let n = 0; n < 30; n++) write(`one-${n}.mjs`, `export const value = ${n};\n`);
    const imports = Array.from({ length: 30 }, (_, n) => `import './one-${n}.mjs';`).join('\n');
    write(
      'many.mjs',
      `${imports}\nconst make = (n) => (x) => x + n;\nexport const makeAll = () => Array.from({ length: 40 }, (_, n) => make(n));\n`,
    );
    // Whoever waits for a module has an eye on the time.
    const [sums, waits] = await run('shared-look.mjs', [
      "const { makeAll } = await import('./many.mjs');",
      'let waits = 0;',
      "const { createHook } = await import('node:async_hooks');",
      "createHook({ init: (_id, type) => { if (type === 'Timeout') waits++; } }).enable();",
      'tell(await Promise.all(makeAll().map((f) => deferToThread(f, 1))));',
      'tell(waits);',
    ]);
    assert.deepEqual(
      sums,
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    assert.ok(Number(waits) >= 30 && Number(waits) < 150, `${waits}`);
  });

  test('is asked at each call of a burst for a variable that changes meanwhile', async () => {
    write(
      'changing.mjs',
      `let turn = 0;
const current = () => turn;
export const ofChanging = (defer) => Array.from({ length: 200 }, () => { turn += 1; return defer(current); });
`,
    );
    const [turns] = await run('changing-burst.mjs', [
      "const { ofChanging } = await import('./changing.mjs');",
      'tell(await Promise.all(ofChanging(deferToThread)));',
    ]);
    assert.deepEqual(
      turns,
      Array.from({ length: 200 }, (_, n) => n + 1),
    );
  });

  test('announces no scripts for functions that are written in the call', {
    skip: notInThisNode('script ids of call sites'),
  }, async () => {
    const counts = await run('inline-only.mjs', [
      "const { inline, another, withOptions } = await import('./inline.mjs');",
      'tell([await inline(1), await another(2), await withOptions(1), await inline(5)]);',
      'tell(await deferToThread(() => counted.name));',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [[2, 4, 2, 6], 'counted', { sessions: 1, announcements: 0 }]);
  });

  test('is not asked for the text of TypeScript that Node runs itself', {
    skip: notInThisNode('running TypeScript without a flag'),
  }, async () => {
    write(
      'typed.ts',
      `import { isMainThread } from 'node:worker_threads';
import { deferToThread } from ${JSON.stringify(heddle)};
interface Box { readonly by: number }
export const typed = ({ by }: Box): PromiseLike<unknown> =>
  deferToThread((n: number): unknown => [isMainThread, n satisfies number, by], 1);
`,
    );
    const counts = await run('typed.mjs', [
      "const { typed } = await import('./typed.ts');",
      'tell(await typed({ by: 2 }));',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [[false, 1, 2], { sessions: 1, announcements: 0 }]);
  });

  test('is asked what it can be by start(), before the first call', async () => {
    const counts = await run('start.mjs', [
      "const { work } = await import('./work.mjs');",
      'const pool = new ThreadPool({ max: 1 });',
      'pool.start();',
      'tell(counted());',
      'tell([await pool.defer(work, 1), await pool.defer((n) => n, 5)]);',
      'tell(counted());',
      'await pool.stop();',
    ]);
    assert.deepEqual(counts, [{ sessions: 1, announcements: 1 }, [2, 5], { sessions: 0, announcements: 0 }]);
  });

  test('announces scripts for what was loaded since it was first asked for their names', async () => {
    const counts = await run('later.mjs', [
      "const { work } = await import('./work.mjs');",
      'await deferToThread(work, 1);',
      "const { third } = await import('./third.mjs');",
      'counted();',
      'tell(await deferToThread(third, 1));',
      'tell(counted());',
    ]);
    assert.deepEqual(counts, [4, { sessions: 0, announcements: 1 }]);
  });

  test('that is denied does not keep a pool from starting', async () => {
    const [major = 0] = process.versions.node.split('.').map(Number);
    const file = write(
      'denied.mjs',
      `import { ThreadPool } from ${JSON.stringify(heddle)};
const pool = new ThreadPool({ min: 1 });
pool.start();
console.log(JSON.stringify(await pool.defer(Math.max, 1, 2)));
await pool.stop();
`,
    );
    const permission = major < 22 ? '--experimental-permission' : '--permission';
    assert.deepEqual(await runProgram([permission, '--allow-fs-read=*', '--allow-worker', '--no-warnings', file]), [2]);
  });

  test('an inline function of a module that is still evaluating is captured at once', async () => {
    write(
      'evaluating.mjs',
      `import { deferToThread } from ${JSON.stringify(heddle)};\nconst by = 2;\nexport const answer = await deferToThread((n) => n * by, 21);\n`,
    );
    const values = await run('importing.mjs', ["tell((await import('./evaluating.mjs')).answer);"]);
    assert.deepEqual(values, [42]);
  });
});
