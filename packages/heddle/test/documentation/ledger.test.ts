import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf, testSource } from './ledger.ts';
import { twistedNames } from './twisted-names.ts';

interface Row {
  readonly section: string;
  readonly name: string;
  readonly state: string;
  readonly why: string;
  readonly tests: readonly string[];
}

const rows: Row[] = rowsOf('twisted.md').map(({ section, cells: [name = '', state = '', why = '', tests = ''] }) => ({
  section,
  name,
  state,
  why,
  tests: tests === '' ? [] : tests.split(', '),
}));

/** Parts of Twisted of which Heddle has not all yet; elsewhere every name has come to its end. */
const open = ['`twisted.internet.task.Clock` and the testing tools'];
const states = ['same', 'departs', 'left out', 'added'];

test('every name of Twisted is in one of the states, and says why where it is not the same', (t) => {
  assert.deepEqual(
    rows.filter(({ state, section }) => !states.includes(state) && !(state === 'later' && open.includes(section))),
    [],
  );
  assert.deepEqual(
    rows.filter(({ state, why }) => state !== 'same' && why === ''),
    [],
  );
  const counts = [...states, 'later'].map((state) => `${rows.filter((row) => row.state === state).length} ${state}`);
  t.diagnostic(`${rows.length} rows on names: ${counts.join(', ')}`);
});

test('every behaviour that is there is shown by a test that exists', () => {
  assert.deepEqual(
    rows.filter(({ state, tests }) => ['same', 'departs', 'added'].includes(state) && tests.length === 0),
    [],
  );
  assert.deepEqual(
    rows.flatMap(({ tests }) => tests).filter((name) => testSource(name) === ''),
    [],
  );
});

test('every public name of the core of Twisted has a row', (t) => {
  const named = new Set(
    rows.flatMap(({ name }) => [...name.matchAll(/`[^`]+`/g)]).flatMap(([code]) => code.match(/\w+/g) ?? []),
  );
  // A section or a sentence may speak of a class whose names follow.
  const page = rows.map(({ section, why }) => `${section} ${why}`).join(' ');
  const missing = Object.entries(twistedNames).flatMap(([module, names]) =>
    names
      .filter((name) => !named.has(name) && !new RegExp(`\\b${name}\\b`).test(page))
      .map((name) => `${module}.${name}`),
  );
  assert.deepEqual(missing, []);
  t.diagnostic(`${Object.values(twistedNames).flat().length} names of Twisted looked for`);
});

interface Behaviour {
  readonly twisted: string;
  readonly name: string;
  readonly where: string;
}

const behaviours: Behaviour[] = rowsOf('twisted-tests.md').map(({ cells: [twisted = '', name = '', where = ''] }) => ({
  twisted,
  name,
  where,
}));

test('each test of Twisted’s for tasks and threads has one here by the name that the page gives, or a reason', (t) => {
  const shown = behaviours.filter(({ name }) => name !== '');
  const missing = shown.filter(({ name, where }) => {
    const source = testSource(where);
    return !["'", '`', '"'].some((quote) => source.includes(`${quote}${name}${quote}`));
  });
  assert.deepEqual(missing, []);
  assert.deepEqual(
    behaviours.filter(({ name, where }) => name === '' && where === ''),
    [],
  );
  t.diagnostic(
    `${shown.length} of Twisted's tests have theirs here, ${behaviours.length - shown.length} have a reason`,
  );
});

test('the two pages hold what they are to hold', () => {
  assert.ok(rows.length > 150, `${rows.length} rows on names`);
  assert.ok(behaviours.length > 120, `${behaviours.length} rows on tests`);
  const twice = behaviours.map(({ twisted }) => twisted).filter((name, i, all) => all.indexOf(name) !== i);
  assert.deepEqual(twice, []);
});
