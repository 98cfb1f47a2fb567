import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { CallableError, deferToThread, inThread, transfer } from 'heddle/threads';
import { type CopyTimes, measureCopy, wayIntoThread } from 'heddle/inspect';

const seen: string[] = [];
const remember = (text: string): number => seen.push(text);
let total = 0;

test("a function of Node's has an address", async () => {
  assert.deepEqual(await wayIntoThread(JSON.parse), { by: 'address', snapshots: [], captured: undefined });
});

test('a function that no module exports goes by its text, and is not called', async () => {
  const way = await wayIntoThread(() => {
    throw new Error('called');
  });
  assert.equal(way.by, 'text');
});

test('what goes along with each call is measured like an argument', async () => {
  const table = Array.from({ length: 20_000 }, (_, n) => ({ n }));
  const captured = (await wayIntoThread((n: number) => table[n]?.n)).captured as CopyTimes;
  const copy = measureCopy([table], 'table') as CopyTimes;
  assert.ok(captured.sendMs > copy.sendMs / 10 && captured.receiveMs > copy.receiveMs / 10);
  assert.equal((await wayIntoThread((n: number) => n + 1)).captured, undefined);
});

test('what the program writes into is told and not warned of, until the function is called in a thread', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error & { code?: string }): unknown => warnings.push(warning.code ?? '');
  process.on('warning', listen);
  try {
    const { by, snapshots } = await wayIntoThread(remember);
    assert.deepEqual([by, snapshots], ['text', ['seen']]);
    await deferToThread(Math.abs, 1);
    assert.deepEqual(warnings, []);
    await deferToThread(remember, 'now');
    assert.deepEqual(warnings, ['HEDDLE_SNAPSHOT']);
  } finally {
    process.off('warning', listen);
  }
});

test('a function that no thread can run is refused as its call would be', async () => {
  const count = (): number => (total += 1);
  await assert.rejects(
    wayIntoThread(count),
    (error) => error instanceof CallableError && error.code === 'HEDDLE_ASSIGNS_CAPTURED',
  );
  assert.equal(total, 0);
});

test('what cannot be copied is named by its path and its class, without a value', () => {
  const value = { users: new Map([['secret', { socket: new Socket() }]]) };
  assert.deepEqual(measureCopy(value, 'args[0]'), {
    isCloneable: false,
    path: 'args[0].users.get(...).socket',
    what: 'Socket',
  });
  assert.deepEqual(measureCopy([() => 1], 'args'), { isCloneable: false, path: 'args[0]', what: 'function' });
  assert.deepEqual(measureCopy(new Proxy({}, {}), 'result'), { isCloneable: false, path: 'result', what: 'Proxy' });
  class Secret {}
  assert.deepEqual(measureCopy({ s: new Secret() }, 'x'), { isCloneable: false, path: 'x.s', what: 'Secret' });
});

test('memory that is gone cannot be copied', () => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  assert.deepEqual(measureCopy(bytes.buffer, 'result'), { isCloneable: false, path: 'result', what: 'ArrayBuffer' });
});

test('measuring takes nothing away: neither a part of a slab nor what is marked to be moved', () => {
  const slab = Buffer.alloc(200_000, 1);
  const part = slab.subarray(10, 100_000);
  const moved = transfer(new Uint8Array(1_000).fill(2));
  assert.equal(measureCopy([part, moved], 'args').isCloneable, true);
  assert.equal(part[5], 1);
  assert.equal(slab.length, 200_000);
  assert.equal(measureCopy(moved, 'args').isCloneable, true);
});

test('a wrapped function is no obstacle', () => {
  assert.equal(measureCopy([inThread(Math.abs)], 'args').isCloneable, true);
});

test('what is larger takes longer to copy, on both sides', () => {
  const of = (length: number): CopyTimes => {
    const copy = measureCopy(
      Array.from({ length }, (_, id) => ({ id, name: `name ${id}` })),
      'result',
    );
    assert.ok(copy.isCloneable);
    return copy;
  };
  of(10);
  const [small, large] = [of(10), of(200_000)];
  assert.ok(large.sendMs > small.sendMs && large.receiveMs > small.receiveMs, JSON.stringify({ small, large }));
});
