import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BlockedLoop, type Culprit, culpritOf, framesOf } from 'heddle/watchdog';
import { type Judgement, startJudge } from '#judge';

/** A block with a stack of so many lines. */
function blockedBy(...lines: readonly string[]): BlockedLoop {
  const stack = framesOf(lines.map((line) => `    at ${line}`).join('\n'));
  const culprit = culpritOf(stack);
  return { began: 0, duration: 100, kind: 'code', stack, culprit, count: 1, context: undefined };
}

/** The same, of a package's function whose own code ran. */
function ofPackage(line: string): BlockedLoop {
  const block = blockedBy(line);
  const { frame, text } = block.culprit as Culprit;
  return { ...block, culprit: { frame: { ...frame, origin: 'package' }, call: undefined, callee: undefined, text } };
}

/** What is said of blocks that a judge hears of when it has stopped already. */
function saidOf(...blocks: readonly BlockedLoop[]): [key: string, Judgement][] {
  const said: [string, Judgement][] = [];
  using judge = startJudge({ onJudged: (key, judgement) => said.push([key, judgement]) });
  judge.stop();
  for (const block of blocks) judge.look(block);
  return said;
}

test('a place that becomes known when nothing is watched any more is judged where that needs no watching', () => {
  const [[, judgement] = []] = saidOf(blockedBy('readFileSync (node:fs:440:20)', 'load (/app/app.js:3:5)'));
  assert.equal(judgement?.verdict, 'asynchronous');
});

test('of the others it is said that it was too late', () => {
  const said = saidOf(blockedBy('hash (/app/node_modules/hash/index.js:4:2)', 'load (/app/app.js:3:5)'));
  assert.deepEqual(said, [
    ['/app/app.js:3:5:hash', { verdict: 'unknown', why: 'It was noticed too late to have another call watched.' }],
  ]);
});

test('another line of a function that is judged already gets its judgement', () => {
  const [first, second] = [ofPackage('f (/app/app.js:3:5)'), ofPackage('f (/app/app.js:4:9)')];
  assert.deepEqual(
    saidOf(first, second).map(([key, { why }]) => [key, why]),
    ['/app/app.js:3:5:', '/app/app.js:4:9:'].map((key) => [
      key,
      'It is not called by the program itself, so that there is no call to change.',
    ]),
  );
});
