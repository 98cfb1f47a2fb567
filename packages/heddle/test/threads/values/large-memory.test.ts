import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ThreadPool, transfer } from 'heddle/threads';
import { identity } from '../../fixtures/threads/jobs.ts';
import { giveKept, isOneMemory, isResizable, seesThrough } from '../../fixtures/threads/large-memory.ts';

const limit = { timeout: 60_000 };
const pool = new ThreadPool({ name: 'large memory', max: 1 });
after(() => pool.stop());

const LENGTH = 100_000;
const filled = new Uint8Array(LENGTH).map((_, index) => index);

const kinds: readonly [string, object][] = [
  ['an ArrayBuffer', filled.slice().buffer],
  ['a Uint8Array', filled],
  ['a part of one', filled.subarray(10, 90_000)],
  ['numbers', new Float64Array(filled)],
  ['big numbers', BigInt64Array.from(filled, BigInt)],
  ['a DataView', new DataView(filled.buffer, 3)],
  ['a Buffer', Buffer.alloc(LENGTH, 'loom')],
  ['memory in a map', new Map([['a', { bytes: filled }]])],
];
for (const [kind, value] of kinds) {
  test(`large memory arrives as it is and stays where it was: ${kind}`, limit, async () => {
    for (let time = 0; time < 2; time++) {
      const arrived = await pool.defer(identity<unknown>, value);
      assert.deepStrictEqual(arrived, value);
      assert.notEqual(arrived, value);
    }
  });
}

test('a thread keeps large memory that it gives', limit, async () => {
  const first = await pool.defer(giveKept);
  const second = await pool.defer(giveKept);
  assert.deepEqual([first[0], second[0], first.length, second[LENGTH - 1]], [2, 3, LENGTH, 1]);
});

test('views of the same large memory are views of the same memory in the thread', limit, async () => {
  const memory = new ArrayBuffer(LENGTH);
  const views = [new Uint8Array(memory, 2), new Uint16Array(memory, 2, 8)] as const;
  assert.equal(await pool.defer(seesThrough, views), 42);
  assert.equal(views[0][0], 0);
});

test('large memory that is moved in one place goes along everywhere', limit, async () => {
  const bytes = new Uint8Array(LENGTH);
  assert.equal(await pool.defer(isOneMemory, [new Uint8Array(bytes.buffer, 8), transfer(bytes)] as const), true);
  assert.equal(bytes.byteLength, 0);
});

test('large memory that can change its size still can', limit, async () => {
  const memory: ArrayBuffer = Reflect.construct(ArrayBuffer, [LENGTH, { maxByteLength: 2 * LENGTH }]);
  assert.equal(await pool.defer(isResizable, memory), true);
});

test('beside so much else that copying it would take longer, large memory arrives as well', limit, async () => {
  const value = { bytes: filled, others: Array.from({ length: 200 }, (_, index) => ({ index })) };
  assert.deepStrictEqual(await pool.defer(identity<typeof value>, value), value);
});
