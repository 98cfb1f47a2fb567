import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { sources } from './pages.ts';

const page = 'docs/reference/errors.md';
const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');

// Every code stands as a text in the source: a union of types, a class's property, a warning's option.
const codes = new Set(
  sources().flatMap((file) => [...read(file).matchAll(/'(HEDDLE_[A-Z_]+|ABORT_ERR)'/g)].map(([, code = '']) => code)),
);
const sections = [...read(page).matchAll(/^### (\S+)$/gm)].map(([, code = '']) => code);

test('every code of an error or a warning has one section in the page of error codes', () => {
  assert.ok(codes.size > 0, 'no code was found in the sources');
  assert.deepEqual(
    [...codes].filter((code) => !sections.includes(code)),
    [],
  );
  assert.deepEqual(sections, [...new Set(sections)]);
});

test('the page of error codes has no section for a code that does not exist', () => {
  assert.deepEqual(
    sections.filter((code) => !codes.has(code)),
    [],
  );
});

test('every section shows what fails or how to make it fail', () => {
  const [, ...texts] = read(page).split(/^### /m);
  const bare = texts.filter((text) => !text.includes('```ts') && !text.includes('xport'));
  assert.deepEqual(
    bare.map((text) => text.split('\n', 1)[0]),
    [],
  );
});
