import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { deferToThread } from 'heddle';
import { corpus } from './corpus.js';
import { pageOf } from './table.js';

const page = new URL('../../docs/reference/corpus.md', import.meta.url);
const limit = { timeout: 60_000 };
const outcomes = new Map();

for (const each of corpus) {
  const { f, args, refused } = each;
  const title = `${each.package} ${each.name}`;
  if (refused === undefined) {
    test(`${title} gives in a thread what it gives inline`, limit, async () => {
      outcomes.set(each, 'not the same');
      // Before the call on the spot: some functions change what they are given.
      const deferred = await deferToThread(f, ...args);
      const inline = Reflect.apply(f, undefined, args);
      assert.equal(Buffer.isBuffer(deferred), Buffer.isBuffer(inline));
      assert.deepStrictEqual(asArrived(deferred), asArrived(inline));
      outcomes.set(each, 'same');
    });
  } else {
    test(`${title} is refused with ${refused}`, limit, async () => {
      const error = await deferToThread(f, ...args).then(assert.fail, (reason) => reason);
      assert.equal(error.code, refused);
      outcomes.set(each, refused);
    });
  }
}

test('the page says what was found', () => {
  const found = pageOf(outcomes);
  if (process.env['HEDDLE_UPDATE_CORPUS'] === '1') writeFileSync(page, found);
  assert.equal(readFileSync(page, 'utf8'), found, 'npm run test:corpus -- --update writes the page again');
});

/** A value as any copy of it is: what has no prototype, and a Buffer, come out of structured clone as their plain kind. */
function asArrived(value) {
  return structuredClone(value);
}
