import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockAt, recorded, reported } from './reported.ts';

test('a function that V8 names with its class and without is one place', () => {
  const { places, blocks } = reported([
    blockAt({ functionName: 'Renderer.renderMarkdown', column: 20 }),
    blockAt({ functionName: 'renderMarkdown', column: 20 }),
    blockAt({ functionName: 'Renderer.renderMarkdown', call: 'Parser.parse' }),
    blockAt({ functionName: 'renderMarkdown', call: 'parse' }),
  ]);
  assert.deepEqual(
    places.map(({ count }) => count),
    [2, 2],
  );
  assert.deepEqual(
    blocks.map(({ place }) => place),
    [0, 0, 1, 1],
  );
});

test('a place is one whatever it is called, where its line and column are the same', () => {
  const { places } = reported([
    blockAt({ functionName: 'compile', column: 20 }),
    blockAt({ functionName: '', column: 20 }),
    blockAt({ functionName: '', column: 0 }),
  ]);
  assert.deepEqual(
    places.map(({ count }) => count),
    [3],
  );
});

test('what turns out to be one place only later is put together, too', () => {
  const { places } = reported([
    blockAt({ functionName: 'compile', column: 0 }),
    blockAt({ functionName: '', column: 20 }),
    blockAt({ functionName: 'compile', column: 20 }),
  ]);
  assert.deepEqual(
    places.map(({ count }) => count),
    [3],
  );
});

test('functions in one line of a bundle are several places', () => {
  const { places } = reported([
    blockAt({ functionName: 'a', line: 1, column: 100 }),
    blockAt({ functionName: 'b', line: 1, column: 2_000 }),
  ]);
  assert.equal(places.length, 2);
});

test('a judgement that says something goes before one that does not', () => {
  const { places } = reported([blockAt({ functionName: 'a', column: 1 }), blockAt({ functionName: 'a', column: 2 })], {
    '/app/app.js:3:1:': { verdict: 'unknown', why: 'It has not been called again since it blocked.' },
    '/app/app.js:3:2:': { verdict: 'chop', why: 'It is a loop.' },
  });
  assert.equal(places[0]?.judgement?.verdict, 'chop');
});

test('each place has a judgement, or it is said why there is none', () => {
  const why = (...blocks: Parameters<typeof reported>[0]): string | undefined =>
    reported(blocks).places[0]?.judgement?.why;
  assert.equal(why(blockAt({}, { place: undefined })), 'Nobody can tell which code it was.');
  assert.equal(why(blockAt({}, { isUnfinished: true })), 'It was not over when the process ended.');
  assert.equal(why(blockAt({ callee: 'heddle' })), 'It is what Heddle itself does.');
  assert.equal(why(blockAt({})), 'The watch ended before another call could be looked at.');
});

test('where nothing was to be judged, no place has a judgement', () => {
  assert.equal(reported([blockAt({})], {}, { isJudging: false }).places[0]?.judgement, null);
});

test('a run of any length has a report, with what its blocks have in common', () => {
  const leaf = { name: 'work', place: '/app/app.js:3', origin: 'own' as const, milliseconds: 100, children: [] };
  const tree = { name: '', place: '', origin: 'node' as const, milliseconds: 100, children: [leaf] };
  const blocks = Array.from({ length: 300_000 }, (_, index) => blockAt({}, { began: index, duration: 100, tree }));
  const { longest, places, calls } = reported(blocks);
  assert.equal(longest, 100);
  assert.deepEqual([places.length, places[0]?.count], [1, 300_000]);
  assert.deepEqual([calls.children.length, calls.children[0]?.milliseconds], [1, 30_000_000]);
});

test('what one process of a program has found out is not lost to what another one could not', () => {
  const block = blockAt({ functionName: 'work', column: 5 });
  const key = '/app/app.js:3:5:';
  const found = { verdict: 'deferrable', why: 'It takes long.' } as const;
  const nothing = { verdict: 'unknown', why: 'It has not been called again.' } as const;
  for (const [one, other] of [
    [found, nothing],
    [nothing, found],
  ] as const) {
    const { places } = reported([block], { [key]: one }, {}, [recorded([block], { [key]: other })]);
    assert.deepEqual(places[0]?.judgement, found);
  }
});

test('a process that was killed in a block has blocked until then, and not until the program ended', () => {
  const block = blockAt({}, { began: 1_000, duration: 3_000, isUnfinished: true });
  assert.equal(reported([block], {}, { ended: 3_600_000 }).longest, 4_000);
  assert.equal(reported([block], {}, { ended: 4_500 }).longest, 3_500);
});
