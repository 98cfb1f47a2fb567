import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { programFolder } from '../support/program-folder.ts';
import { runProgram } from './program.ts';

const folder = programFolder();

const heddle = JSON.stringify(import.meta.resolve('heddle'));

/** Calls where they stand, or in threads: what has run of the module is the same. */
const call = `const call = process.env.IN_THREADS === 'yes' ? deferToThread : async (f, ...args) => f(...args);`;

const counted = [
  `import { deferToThread } from ${heddle};`,
  '',
  call,
  'const untaken = process.env.IN_THREADS === undefined;',
  'if (untaken) {',
  '  console.log(1);',
  '  console.log(2);',
  '}',
  'const work = (n) => {',
  '  if (n > 1e9) {',
  "    return 'many';",
  '  }',
  '  return n;',
  '};',
  'function declared(n) {',
  '  if (n === 1) {',
  '    return work(n);',
  '  }',
  '  return -1;',
  '}',
  'class Counter {',
  '  add(n) {',
  '    return n + 1;',
  '  }',
  '  never() {',
  '    return 0;',
  '  }',
  '}',
  'const object = {',
  '  method(n) {',
  '    return n > 1',
  '      ? "more"',
  '      : "less";',
  '  },',
  '  get read() {',
  '    return 5;',
  '  },',
  '  idle() {',
  '    return 7;',
  '  },',
  '};',
  'export async function calls() {',
  '  const by = 2;',
  '  return [',
  '    await call(declared, 1),',
  '    await call((n) => {',
  '      if (n > 3) {',
  '        return n * by;',
  '      }',
  '      return new Counter().add(n);',
  '    }, 3),',
  '    await call(object.method, 1),',
  '    await call(() => object.read + object.method(2).length, 1),',
  '  ];',
  '}',
  'export function never() {',
  '  return 1;',
  '}',
  '',
];

const program = (module: string): string =>
  [`import { calls } from './${module}';`, 'console.log(JSON.stringify(await calls()));'].join('\n');

test('coverage counts the lines of captured functions as if they had run where they stand', async () => {
  folder.write('counted.mjs', counted.join('\n'));
  const file = folder.write('counts.mjs', program('counted.mjs'));
  const untouched = await uncoveredLines(file, 'counted.mjs', 'no', [1, 4, 'less', 9]);
  assert.deepEqual(await uncoveredLines(file, 'counted.mjs', 'yes', [1, 4, 'less', 9]), untouched);
  const shown = untouched.map((line) => counted[line - 1]?.trim());
  for (const text of ['console.log(1);', "return 'many';", 'return n * by;', 'return 7;'])
    assert.ok(shown.includes(text));
  for (const text of ['return n;', 'return n + 1;', '? "more"', 'return 5;']) assert.ok(!shown.includes(text));
});

test('coverage counts nothing of a captured function around which there is no room, and the rest as it is', async () => {
  const lines = [
    'exports.calls = async () => {',
    '  const { calls } = await import("./calls.mjs");',
    '  return calls(work);',
  ];
  const module = ['let work = n => {', '  return n;', '};', ...lines, '};'];
  folder.write(
    'calls.mjs',
    [`import { deferToThread } from ${heddle};`, call, 'export const calls = (f) => call(f, 1);'].join('\n'),
  );
  folder.write('narrow.cjs', module.join('\n'));
  const file = folder.write('narrows.mjs', program('narrow.cjs'));
  assert.deepEqual(await uncoveredLines(file, 'narrow.cjs', 'no', 1), []);
  assert.deepEqual(await uncoveredLines(file, 'narrow.cjs', 'yes', 1), [2]);
});

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** The lines of a module, counted from 1, that no script of its name has run, threads' among them. */
async function uncoveredLines(
  file: string,
  module: string,
  inThreads: 'yes' | 'no',
  result: unknown,
): Promise<number[]> {
  const output = path.join(path.dirname(file), `coverage-${module}-${inThreads}`);
  const printed = await runProgram([file], { env: { IN_THREADS: inThreads, NODE_V8_COVERAGE: output } });
  assert.deepEqual(printed, [result]);
  const text = readFileSync(path.join(path.dirname(file), module), 'utf8');
  const counts: number[] = Array.from(text, () => 0);
  for (const written of readdirSync(output)) {
    const { result: scripts } = JSON.parse(readFileSync(path.join(output, written), 'utf8')) as Coverage;
    for (const { functions } of scripts.filter(({ url }) => url.startsWith('file:') && url.endsWith(`/${module}`))) {
      const own: number[] = [];
      // What lies within another range comes after it.
      for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
        for (let offset = startOffset; offset < endOffset; offset++) own[offset] = count;
      }
      for (const [offset, count] of own.entries()) counts[offset] = (counts[offset] ?? 0) + (count ?? 0);
    }
  }
  let start = 0;
  return text.split('\n').flatMap((line, index) => {
    const ofLine = counts.slice(start, (start += line.length + 1)).slice(0, line.length);
    return line !== '' && ofLine.every((count) => count === 0) ? [index + 1] : [];
  });
}
