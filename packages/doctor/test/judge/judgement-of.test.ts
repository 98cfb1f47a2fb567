import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, judgementOf } from '#judge';

type Observation = Evidence['observation'];
type Copy = NonNullable<Observation['result']>;

function copy(what: string, ms = 0, obstacle?: Copy['obstacle']): Copy {
  return { what, sendMs: ms, receiveMs: ms, obstacle };
}

/** A call of 100 ms of an exported function, with and for little. */
function evidence(seen: Partial<Observation> = {}, rest: Partial<Evidence> = {}): Evidence {
  const observation: Observation = {
    kind: 'call',
    frame: 0,
    place: { functionName: 'login', script: '/app/login.js', line: 3, column: 5 },
    text: 'hash(password)',
    callee: 'hash',
    receiver: undefined,
    argumentTexts: ['password'],
    isInAsync: true,
    isNew: false,
    isGetter: false,
    isBlind: false,
    hasFunction: true,
    arguments: [copy('a string of 8 characters')],
    on: undefined,
    isOnHeir: false,
    result: copy('a string of 60 characters'),
    derivedText: undefined,
    seen: 'result',
    hasThrown: false,
    isPromise: false,
    runMs: 100,
    starvedMs: 0,
    loop: undefined,
    ...seen,
  };
  const way = { kind: 'open', by: 'address', snapshots: [], captured: undefined } as const;
  return { observation, way, written: undefined, isSource: true, blockedMs: 100, ...rest };
}

const loop = {
  functionName: 'sum',
  parameters: 'items',
  args: 'items',
  head: 'for (const item of items)',
  counter: undefined,
  usesThis: false,
  turns: 1_000,
};
const socket = { path: 'args[0].socket', what: 'Socket' };

test('what stands in the way of nothing is deferred', () => {
  const { verdict, write } = judgementOf(evidence());
  assert.equal(verdict, 'deferrable');
  assert.equal(write, 'await deferToThread(hash, password)');
});

test('what a function captures counts as an argument does', () => {
  const captured = { isCloneable: true, sendMs: 60, receiveMs: 80 } as const;
  const { verdict, why, measured } = judgementOf(
    evidence({}, { way: { kind: 'open', by: 'text', snapshots: [], captured } }),
  );
  assert.equal(verdict, 'not worth deferring');
  assert.match(why, /^To copy a string of 8 characters, what the function captures there and a string/);
  assert.deepEqual([measured?.argumentsMs, measured?.loopMs], [140, 60]);
});

test('the copies count by what the loop spends on them', () => {
  const sent = judgementOf(evidence({ arguments: [{ ...copy('an array of 9'), sendMs: 1, receiveMs: 90 }] }));
  assert.equal(sent.verdict, 'deferrable');
  assert.deepEqual([sent.measured?.argumentsMs, sent.measured?.loopMs], [91, 1]);
  const given = judgementOf(evidence({ result: { ...copy('an array of 9'), sendMs: 1, receiveMs: 60 } }));
  assert.equal(given.verdict, 'not worth deferring');
});

test('a function that works on a copy of what the program writes into is deferrable, and that is said', () => {
  const { verdict, why } = judgementOf(
    evidence({}, { way: { kind: 'open', by: 'text', snapshots: ['cache'], captured: undefined } }),
  );
  assert.equal(verdict, 'deferrable');
  assert.match(why, /works on a copy of cache, which the program writes into/);
});

test("what Heddle refuses is not deferrable, in Heddle's own words", () => {
  const way = { kind: 'refused', code: 'HEDDLE_ASSIGNS_CAPTURED', message: 'It assigns to total.' } as const;
  const { verdict, why } = judgementOf(evidence({}, { way }));
  assert.deepEqual([verdict, why], ['not deferrable', 'It assigns to total.']);
});

test("what is built into JavaScript goes with what it is called on, and a database's object does not", () => {
  const way = { kind: 'refused', code: 'HEDDLE_NATIVE', message: '' } as const;
  const on = copy('an array of 9', 1);
  const sorted = judgementOf(
    evidence({ callee: 'list.sort', receiver: 'list', on, argumentTexts: [], arguments: [] }, { way }),
  );
  assert.equal(sorted.write, 'await deferToThread(() => list.sort())');
  assert.equal(sorted.measured?.argumentsMs, 2);
  const statement = copy('an instance of StatementSync', 0, { path: 'this', what: 'StatementSync' });
  const asked = judgementOf(evidence({ callee: 'rows.all', receiver: 'rows', on: statement }, { way }));
  assert.equal(asked.verdict, 'not deferrable');
  assert.match(asked.why, /^It is called on an instance of StatementSync, which cannot be copied\. Open the database/);
});

test('what has inherited the method that it is called by goes along, or stands in the way', () => {
  const seen = { callee: 'res.render', receiver: 'res', isOnHeir: true } as const;
  const response = copy('an instance of ServerResponse', 0, { path: 'this', what: 'ServerResponse' });
  const { verdict, why } = judgementOf(evidence({ ...seen, on: response }));
  assert.equal(verdict, 'not deferrable');
  assert.match(why, /^It is called on an instance of ServerResponse, which cannot be copied/);
  const heir = copy('a function', 0, { path: 'this', what: 'function' });
  assert.equal(
    judgementOf(evidence({ ...seen, callee: 'Heir.make', receiver: 'Heir', on: heir })).write,
    'await deferToThread(() => Heir.make(password))',
  );
});

test('of an argument that is written at length, the beginning is told', () => {
  const { why } = judgementOf(
    evidence({
      argumentTexts: [`{ renderer, ${'a: 1, '.repeat(50)} }`],
      arguments: [copy('a plain object', 0, socket)],
    }),
  );
  assert.match(why, /^Its argument \{ renderer, (?:a: 1, ){4}a: … holds an instance of Socket/);
});

test('a getter within an argument is not called', () => {
  const obstacle = { path: 'args[0].total', what: 'getter' };
  const { verdict, why } = judgementOf(evidence({ arguments: [copy('a plain object', 0, obstacle)] }));
  assert.equal(verdict, 'not deferrable');
  assert.match(why, /^Its argument password holds a getter \(args\[0\]\.total\), which a copy would call/);
});

test('a loop whose arguments cannot be copied is chopped, unless a step of it is long', () => {
  const args = { arguments: [copy('a plain object', 0, socket)] };
  assert.equal(judgementOf(evidence({ ...args, loop })).verdict, 'chop');
  assert.equal(judgementOf(evidence({ ...args, loop: { ...loop, turns: 9 } })).verdict, 'not deferrable');
  assert.equal(judgementOf(evidence({ ...args, loop: { ...loop, turns: 10 } })).verdict, 'chop');
  assert.equal(judgementOf(evidence({ ...args, loop: { ...loop, turns: undefined } })).verdict, 'chop');
});

test('short steps are gathered by their counter, and a loop that uses this keeps it', () => {
  const args = { arguments: [copy('a plain object', 0, socket)] };
  const counted = { ...loop, head: 'for (let i = 0; i < n; i++)', counter: 'i', turns: 100_000 };
  assert.match(judgementOf(evidence({ ...args, loop: counted })).write ?? '', /if \(i % 100 === 0\) yield;/);
  const own = judgementOf(evidence({ ...args, loop: { ...loop, usesThis: true } }));
  assert.match(own.write ?? '', /^await cooperate\(\(function\* \(\) \{.*\}\)\.call\(this\)\)\.whenDone\(\)$/);
});

test('a loop is passed parameters, not their default values, and nothing is left in the place of types', () => {
  const typed = { ...loop, parameters: 'items, times         = 3', args: 'items, times' };
  const { write } = judgementOf(evidence({ arguments: [copy('a plain object', 0, socket)], loop: typed }));
  assert.match(write ?? '', /^function\* sum\(items, times = 3\) .*\nawait cooperate\(sum\(items, times\)\)/);
});

test('arguments that were not seen, and a call that was short, are not judged', () => {
  assert.equal(judgementOf(evidence({ arguments: [undefined] })).verdict, 'unknown');
  assert.equal(judgementOf(evidence({ runMs: 4.9 })).verdict, 'unknown');
});

test('a function that Node calls is at most as slow as the block was', () => {
  const { measured } = judgementOf(evidence({ kind: 'entry', runMs: 900 }));
  assert.equal(measured?.runMs, 100);
});

test('what cannot be copied back is no result of what new makes, nor of what is called on something that was not seen', () => {
  const result = copy('an instance of Report', 0, { path: 'result', what: 'Report' });
  for (const observed of [
    evidence({ isNew: true, callee: 'Report', result }),
    evidence({ callee: undefined, result }, { way: undefined }),
  ]) {
    const { verdict, why } = judgementOf(observed);
    assert.equal(verdict, 'not deferrable');
    assert.match(why, /^It gives an instance of Report, which cannot be copied/);
  }
});
