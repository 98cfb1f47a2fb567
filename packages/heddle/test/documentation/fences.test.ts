import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fencesOfDocstrings } from './docstrings.ts';
import { fencesOf } from './fences.ts';

const plain = { file: undefined, noRun: undefined, sketch: undefined };

test('the ts fences of a page are found with their lines, other languages are not', () => {
  const page = ['# Page', '```ts', 'one();', '```', '```sh', 'npm test', '```', '```ts', 'two();', '```'].join('\n');
  assert.deepEqual(fencesOf(page), [
    { line: 2, code: 'one();\n', ...plain },
    { line: 8, code: 'two();\n', ...plain },
  ]);
});

test('the words after the language say where a block goes and why it does not run', () => {
  const [work, still, idea] = fencesOf(
    ['```ts file=work.ts', '```', '```ts no-run serves for ever', '```', '```ts sketch half a class', '```'].join('\n'),
  );
  assert.equal(work?.file, 'work.ts');
  assert.equal(still?.noRun, 'serves for ever');
  assert.equal(idea?.sketch, 'half a class');
});

test('an opt-out without a reason and a misspelt word are errors', () => {
  assert.throws(() => fencesOf('```ts no-run\n```'), /line 1: "no-run" should be/);
  assert.throws(() => fencesOf('text\n```ts norun it serves\n```'), /line 2/);
});

test('a fence that is never closed is an error', () => {
  assert.throws(() => fencesOf('```ts\nconst a = 1;'), /line 1: this fence is never closed/);
});

test('a fence in a list item loses the indentation of its item', () => {
  assert.equal(fencesOf('- item\n  ```ts\n  if (a) {\n    b();\n  }\n  ```')[0]?.code, 'if (a) {\n  b();\n}\n');
});

test('the examples of docstrings are found with their lines in the source', () => {
  const source = [
    'const a = 1;',
    '/**',
    ' * About b.',
    ' *',
    ' * @example',
    ' * ```ts',
    ' * b();',
    ' * ```',
    ' */',
    '',
  ];
  assert.deepEqual(fencesOfDocstrings(source.join('\n')), [{ line: 6, code: 'b();\n', ...plain }]);
});

test('an @example without a fence is an error', () => {
  assert.throws(() => fencesOfDocstrings('/**\n * @example b();\n */'), /line 1: the @example of this docstring/);
});
