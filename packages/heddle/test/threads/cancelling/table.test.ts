import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../../support/paths.ts';
import { notInThisNode } from '../../support/skip.ts';
import { cancelledWork, observe } from './rows.ts';

const guide = readFileSync(path.join(repositoryRoot, 'docs/guide/cancelling.md'), 'utf8');
const [, table = ''] = /<!-- cancelling -->\n([\s\S]*?)<!-- \/cancelling -->/.exec(guide) ?? [];
const documented = table
  .split('\n')
  .slice(2)
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('the guide says of each kind of work what becomes of it, and of no other', () => {
  assert.deepEqual(
    documented.map(([, name, fate]) => ({ name, fate })),
    cancelledWork.map(({ name, fate }) => ({ name, fate })),
  );
});

for (const row of cancelledWork) {
  const skip = row.needs === undefined ? false : notInThisNode(row.needs);
  test(`${row.name} ${row.fate} when its call is cancelled`, { timeout: 60_000, skip }, async (t) => {
    const { fate, milliseconds, alone } = await observe(row);
    t.diagnostic(`${milliseconds} ms after the cancel, ${alone} ms when left alone`);
    assert.equal(fate, row.fate);
  });
}
