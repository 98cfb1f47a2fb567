import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../support/paths.ts';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly why: string;
  readonly tests: readonly string[];
}

const page = readFileSync(path.join(packageRoot, '../../docs/twisted.md'), 'utf8');

/** The rows of the page's tables, without their heads. */
const rows: Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|[\s|-]*\|$/.test(line) && !line.startsWith('| Twisted |'))
  .map((line) => {
    const [name = '', state = '', why = '', tests = ''] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { name, state, why, tests: tests === '' ? [] : tests.split(', ') };
  });

function exists(name: string): boolean {
  const file = path.join(packageRoot, 'test', name);
  return existsSync(`${file}.test.ts`) || existsSync(`${file}.tst.ts`);
}

test('the page on Twisted has its rows', () => {
  assert.ok(rows.length > 100, `${rows.length} rows`);
});

test('every name of Twisted is in one of the states, and says why where it is not the same', () => {
  const states = ['same', 'departs', 'added', 'left out', 'later'];
  assert.deepEqual(
    rows.filter(({ state }) => !states.includes(state)).map(({ name }) => name),
    [],
  );
  assert.deepEqual(
    rows.filter(({ state, why }) => state !== 'same' && why === '').map(({ name }) => name),
    [],
  );
});

test('every behaviour that is there is shown by a test that exists', () => {
  const untested = rows.filter(
    ({ state, tests }) => ['same', 'departs', 'added'].includes(state) && tests.length === 0,
  );
  assert.deepEqual(
    untested.map(({ name }) => name),
    [],
  );
  assert.deepEqual(
    rows.flatMap(({ tests }) => tests).filter((name) => !exists(name)),
    [],
  );
});
