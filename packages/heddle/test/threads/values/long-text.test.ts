import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ThreadPool } from 'heddle/threads';
import { identity } from '../../fixtures/threads/jobs.ts';

const limit = { timeout: 60_000 };
const pool = new ThreadPool({ name: 'long text', max: 1 });
after(() => pool.stop());

// Around the ends of a slot, of what is looked at letter by letter, and of a slot's annex.
const lengths = [440, 470, 511, 512, 513, 5000, 16_300, 16_359, 16_360, 16_361, 16_384, 16_385, 40_000];
const letters = { ASCII: 'a', 'Latin-1': 'é', others: '織', 'pairs of units': '🧵' };
for (const [kind, letter] of Object.entries(letters)) {
  test(`a text of any length arrives as it is: ${kind}`, limit, async () => {
    for (const length of lengths) {
      for (const text of [letter.repeat(length), `${'a'.repeat(length - 1)}${letter}`]) {
        assert.equal(await pool.defer(identity<string>, text), text, `${length}`);
      }
    }
  });
}

test('long texts and bytes arrive beside other values, at any depth', limit, async () => {
  const text = 'warp and weft '.repeat(300);
  const values = [
    { text, n: 1, list: [text, null, -0] },
    [text, text, text],
    [text, text, text, text, text],
    { bytes: Buffer.from(text), name: 'a' },
    [new Uint8Array(3000).fill(3), text],
    new Float64Array(500).fill(0.5),
    Array.from({ length: 60 }, (_, n) => `${n} ${'x'.repeat(200)}`),
  ];
  for (const value of values) assert.deepStrictEqual(await pool.defer(identity<unknown>, value), value);
});

test('so do those that a function captures, with its arguments', limit, async () => {
  const text = 'warp and weft '.repeat(300);
  assert.equal(await pool.defer((end: string) => text + end, text), text + text);
});

test('many calls with long texts at once each have their own', limit, async () => {
  const texts = Array.from({ length: 300 }, (_, n) => `${n} `.repeat(1000));
  const arrived = await Promise.all(texts.map((text) => pool.defer(identity<string>, text)));
  assert.deepEqual(arrived, texts);
});
