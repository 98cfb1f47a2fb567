import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programFolder } from '../support/program-folder.ts';
import { runProgram } from './program.ts';

const folder = programFolder();

const heddle = JSON.stringify(import.meta.resolve('heddle'));

const wrap = [
  'module.exports = (holder, name, key = "__original") => {',
  '  const original = holder[name];',
  '  const wrapper = function (...args) { return original.apply(this, args); };',
  '  Object.defineProperty(wrapper, key, { value: original, configurable: true, writable: true });',
  '  holder[name] = wrapper;',
  '};',
].join('\n');

const work = [
  'function plus(n) { return n + 1; }',
  'exports.plus = plus;',
  'exports.nested = { times(n) { return n * 2; } };',
];

test('functions run that instrumentation or a mock has replaced since the program got them', async () => {
  folder.write('wrap.cjs', wrap);
  folder.write('work.cjs', work.join('\n'));
  const program = folder.write(
    'replaced.mjs',
    [
      "import fs, { existsSync } from 'node:fs';",
      `import { deferToThread } from ${heddle};`,
      "import work, { plus } from './work.cjs';",
      "import wrap from './wrap.cjs';",
      'const { nested: { times } } = work;',
      "wrap(fs, 'existsSync');",
      "wrap(work, 'plus', 'wrappedMethod');",
      "wrap(work, 'plus');",
      "wrap(work.nested, 'times');",
      'console.log(JSON.stringify([',
      "  await deferToThread(existsSync, '/'),",
      '  await deferToThread(plus, 1),',
      '  await deferToThread(times, 4),',
      '  await deferToThread((n) => plus(n) + times(n), 1),',
      ']));',
    ].join('\n'),
  );
  assert.deepEqual(await runProgram([program]), [[true, 2, 8, 4]]);
});

test('functions of Node’s modules run that have been replaced there since the program got them', async () => {
  const program = folder.write(
    'replaced-of-node.mjs',
    [
      "import fs, { existsSync, readFileSync } from 'node:fs';",
      "import crypto, { pbkdf2Sync } from 'node:crypto';",
      "import { mock } from 'node:test';",
      `import { deferToThread } from ${heddle};`,
      "mock.method(fs, 'existsSync', () => 'mocked');",
      'fs.readFileSync = (...args) => readFileSync(...args);',
      "crypto.pbkdf2Sync = () => 'replaced';",
      'console.log(JSON.stringify([',
      "  await deferToThread(existsSync, '/'),",
      "  await deferToThread((file) => readFileSync(file, 'utf8').length > 0, process.argv[1]),",
      "  (await deferToThread(pbkdf2Sync, 'a', 'b', 1, 8, 'sha1')).length,",
      "  await deferToThread(fs.existsSync, '/').catch(({ code }) => code),",
      ']));',
    ].join('\n'),
  );
  assert.deepEqual(await runProgram([program]), [[true, true, 8, 'HEDDLE_PROXY']]);
});

test('what stands in the place of a function of Node’s is not taken for that function', async () => {
  const program = folder.write(
    'stand-ins.mjs',
    [
      "import fs from 'node:fs';",
      "import zlib from 'node:zlib';",
      "import { mock } from 'node:test';",
      `import { deferToThread } from ${heddle};`,
      "mock.method(fs, 'existsSync', () => 'mocked');",
      "fs.accessSync = () => 'replaced';",
      'const { gzipSync } = zlib;',
      'zlib.gzipSync = Object.assign(function gzipSync(text) { return gzipSync.calls + text; }, { calls: 1 });',
      'console.log(JSON.stringify([',
      "  await deferToThread(fs.existsSync, '/').catch(({ code }) => code),",
      "  await deferToThread(fs.accessSync, '/'),",
      "  await deferToThread(zlib.gzipSync, 'text').catch(({ code }) => code),",
      "  (await deferToThread(fs.realpathSync, '/')),",
      "  (await deferToThread(Number, '7')),",
      ']));',
    ].join('\n'),
  );
  const codes = ['HEDDLE_PROXY', 'replaced', 'HEDDLE_CAPTURES_UNCLONABLE', '/', 7];
  assert.deepEqual(await runProgram([program]), [codes]);
});

test('a wrapper of instrumentation in one of Node’s modules goes by the name that it stands under', async () => {
  folder.write('wrap.cjs', wrap);
  const program = folder.write(
    'instrumented.mjs',
    [
      "import fs from 'node:fs';",
      "import wrap from './wrap.cjs';",
      `import { deferToThread } from ${heddle};`,
      "wrap(fs, 'existsSync');",
      "await deferToThread(JSON.parse, '1');",
      "console.log(JSON.stringify(await deferToThread(fs.existsSync, '/')));",
    ].join('\n'),
  );
  assert.deepEqual(await runProgram([program]), [true]);
});

test('where a thread has other functions in that place, the function of the same text is missed', async () => {
  folder.write('wrap.cjs', wrap);
  folder.write(
    'other.cjs',
    [
      "const { isMainThread } = require('node:worker_threads');",
      'const work = (step) => { const name = { plus: (n) => n + step }; return name.plus; };',
      'exports.plus = isMainThread ? work(1) : function plus(n) { return n - 1; };',
    ].join('\n'),
  );
  const program = folder.write(
    'missed.mjs',
    [
      `import { deferToThread } from ${heddle};`,
      "import other, { plus } from './other.cjs';",
      "import wrap from './wrap.cjs';",
      "wrap(other, 'plus');",
      'console.log(JSON.stringify(await deferToThread(plus, 1).catch(({ code }) => code)));',
    ].join('\n'),
  );
  assert.deepEqual(await runProgram([program]), ['HEDDLE_NO_SUCH_FUNCTION']);
});
