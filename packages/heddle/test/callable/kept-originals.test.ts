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
