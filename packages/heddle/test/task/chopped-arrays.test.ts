import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CancelledError, type Deferred, InvalidArgumentError } from 'heddle/defer';
import { cooperate } from 'heddle/task';
import { failureResultOf } from 'heddle/testing';
import { failureOf } from '../support/failure-of.ts';

const lengths = { maxLength: 300, size: 'max' } as const;

test('cooperate.map gives what the map of arrays gives, with item and index', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer(), lengths), async (items) => {
      const f = (item: number, index: number): string => `${item}/${index}`;
      assert.deepEqual(await cooperate.map(items, f), items.map(f));
    }),
    { numRuns: 50 },
  );
});

test('cooperate.filter gives what the filter of arrays gives, and the types that a guard proves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.integer(), fc.string()), lengths), async (items) => {
      const isText = (item: number | string): item is string => typeof item === 'string';
      const texts: string[] = await cooperate.filter(items, isText);
      assert.deepEqual(texts, items.filter(isText));
      const even = (_: unknown, index: number): boolean => index % 2 === 0;
      assert.deepEqual(await cooperate.filter(items, even), items.filter(even));
    }),
    { numRuns: 50 },
  );
});

test('cooperate.reduce gives what the reduce of arrays gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), lengths), async (items) => {
      const f = (text: string, item: string, index: number): string => `${text},${item}${index}`;
      assert.equal(await cooperate.reduce(items, f, 'x'), items.reduce(f, 'x'));
    }),
    { numRuns: 50 },
  );
});

test('cooperate.sort gives what toSorted gives, with a comparison', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.double({ noNaN: true }), { nil: undefined }), lengths), async (items) => {
      const compare = (one: number | undefined, other: number | undefined): number => Number(one) - Number(other);
      assert.deepEqual(await cooperate.sort(items, compare), items.toSorted(compare));
    }),
    { numRuns: 50 },
  );
});

test('cooperate.sort gives what toSorted gives, without one: the items are compared as texts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.integer(), fc.string({ unit: 'binary' }), fc.constantFrom(null, undefined)), lengths),
      async (items) => {
        assert.deepEqual(await cooperate.sort(items), items.toSorted());
      },
    ),
    { numRuns: 50 },
  );
});

test('cooperate.sort leaves equal items in their order, and the array as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { maxLength: 2_000, size: 'max' }), async (keys) => {
      const items = keys.map((key, place) => ({ key, place }));
      const copy = [...items];
      const sorted = await cooperate.sort(items, (one, other) => one.key - other.key);
      assert.deepEqual(items, copy);
      assert.equal(sorted.length, items.length);
      for (const [i, item] of sorted.entries()) {
        const before = sorted[i - 1];
        if (before !== undefined)
          assert.ok(before.key < item.key || (before.key === item.key && before.place < item.place));
      }
    }),
    { numRuns: 30 },
  );
});

test('typed arrays and other things with a length are arrays here, and holes are undefined', async () => {
  assert.deepEqual(await cooperate.map(new Uint8Array([1, 2]), (n) => n * 2), [2, 4]);
  assert.deepEqual(await cooperate.sort(new Float64Array([10, 9, 1]), (a, b) => a - b), [1, 9, 10]);
  assert.equal(await cooperate.reduce({ length: 2, 0: 'a', 1: 'b' }, (text, item) => text + item, ''), 'ab');
  assert.deepEqual(await cooperate.map({ length: 2, 1: 'b' }, (item) => item), [undefined, 'b']);
});

const loops: Record<string, (items: number[], f: () => number, options?: object) => Deferred<unknown>> = {
  map: (items, f, options) => cooperate.map(items, f, options),
  filter: (items, f, options) => cooperate.filter(items, f, options),
  reduce: (items, f, options) => cooperate.reduce(items, f, 0, options),
  sort: (items, f, options) => cooperate.sort(items, f, options),
};

for (const [name, loop] of Object.entries(loops)) {
  describe(`cooperate.${name}`, () => {
    const items = Array.from({ length: 10_000 }, (_, n) => n);

    test('does nothing in the turn of the call', async () => {
      let calls = 0;
      const done = loop(items, () => ++calls);
      assert.equal(calls, 0);
      await done;
      assert.ok(calls > 0);
    });

    test('is stopped by a cancel, and calls the function no more', async () => {
      let calls = 0;
      const done = loop(items, () => {
        if (++calls === 100) done.cancel(new Error('enough'));
        return 0;
      });
      assert.equal(((await failureOf(done)) as CancelledError).code, 'ABORT_ERR');
      const madeBy = calls;
      await new Promise(setImmediate);
      assert.equal(calls, madeBy);
      assert.ok(calls < items.length);
    });

    test('is stopped by a signal', async () => {
      const done = loop(items, () => 0, { signal: AbortSignal.abort() });
      failureResultOf(done, CancelledError);
    });

    test('fails with what the function throws', async () => {
      const done = loop(items, () => {
        throw new RangeError('mine');
      });
      assert.deepEqual(await failureOf(done), new RangeError('mine'));
    });

    test('tells which part is done, never less than before, and all in the end', async () => {
      const parts: number[] = [];
      await loop(items, () => 0, { onProgress: (part: number) => void parts.push(part) });
      assert.ok(parts.length > 0 && parts.every((part, i) => part >= (parts[i - 1] ?? 0) && part <= 1));
      assert.ok((parts.at(-1) as number) > 0.9, `${parts.at(-1)}`);
    });

    test('tells last that all is done, however many items there are', async () => {
      for (const length of [1, 64, 65, 127, 129, 1_000]) {
        let last: unknown;
        await loop(items.slice(0, length), () => 0, { onProgress: (part: number) => (last = part) });
        assert.equal(last, 1, `of ${length}`);
      }
    });

    test('works on nothing at all', async () => {
      assert.deepEqual(await loop([], () => assert.fail('called')), name === 'reduce' ? 0 : []);
    });

    test('refuses what is no array, no function and no option', () => {
      for (const wrong of [undefined, null, 1, 'text', {}]) {
        assert.throws(() => loop(wrong as never, () => 0), InvalidArgumentError);
      }
      assert.throws(() => loop(items, 1 as never), InvalidArgumentError);
      assert.throws(() => loop(items, () => 0, { slice: 1 }), InvalidArgumentError);
    });
  });
}

test('an array that grows meanwhile is looked at as long as it was', async () => {
  const items = [1, 2, 3];
  const mapped = await cooperate.map(items, (n) => {
    items.push(n);
    return n;
  });
  assert.deepEqual(mapped, [1, 2, 3]);
});

test('cooperate.sort keeps the order of what a comparison gives no number for, and takes no symbols as texts', async () => {
  const items = Array.from({ length: 200 }, (_, id) => ({ id, due: Number.POSITIVE_INFINITY }));
  const byDue = (one: { due: number }, other: { due: number }): number => one.due - other.due;
  assert.deepEqual(await cooperate.sort(items, byDue), items);
  assert.ok((await failureOf(cooperate.sort([Symbol('b'), Symbol('a')]))) instanceof TypeError);
});

test('cooperate.reduce wants a value to begin with, which may be undefined', async () => {
  // @ts-expect-error: without a value to begin with
  assert.throws(() => cooperate.reduce([1, 2, 3], (sum: number, n) => sum + n), InvalidArgumentError);
  assert.equal(await cooperate.reduce([1, 2], (found: number | undefined, n) => found ?? n, undefined), 1);
});

test('cooperate.reduce waits for a promise that it comes to', async () => {
  const sum = await cooperate
    .reduce([1, 2, 3], async (before, n) => (await before) + n, Promise.resolve(0))
    .addCallback((n) => n * 2);
  assert.equal(sum, 12);
});

test('the length of what is gone through must be one that an array may have', () => {
  for (const length of [Number.POSITIVE_INFINITY, Number.NaN, 1.5, -1]) {
    assert.throws(() => cooperate.map({ length }, (item) => item), InvalidArgumentError);
    assert.throws(() => cooperate.sort({ length }), InvalidArgumentError);
  }
});
