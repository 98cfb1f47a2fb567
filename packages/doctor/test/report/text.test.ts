import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { textReport } from '#report-text';
import { blockAt, reported } from './reported.ts';

const FILE = '/app/node_modules/@11ty/eleventy/src/Template/TemplateContent.js';

/** The lines of a report, without what stands before them. */
function linesOf(report: ReturnType<typeof reported>, columns: number): string[] {
  return textReport(report, { columns, hasColours: false })
    .split('\n')
    .map((line) => line.trim());
}

test('a path that is too long for a line is broken behind one of its parts', () => {
  const lines = linesOf(reported([blockAt({ file: FILE, column: 7 })]), 80);
  const from = lines.findIndex((line) => line.startsWith('/app'));
  assert.deepEqual(lines.slice(from, from + 2), [
    '/app/node_modules/@11ty/eleventy/src/Template/',
    'TemplateContent.js:3:7',
  ]);
});

test('what has no parts is broken where the line ends', () => {
  const lines = linesOf(reported([blockAt({ functionName: 'x'.repeat(70) })]), 80);
  assert.ok(lines.some((line) => line.endsWith('x'.repeat(53))));
  assert.ok(lines.includes('x'.repeat(17)));
});

test('a terminal obeys no name of a function or a file, nor what a program was started with', () => {
  const name = '\x1b]0;title\x07\x1b[2J\u202Eeman\nheddle';
  const place = { functionName: name, file: `/app/${name}.js`, call: name };
  const text = textReport(reported([blockAt(place)], {}, { command: ['node', name] }), {
    columns: 500,
    hasColours: false,
  });
  assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Bidi_Control}|^heddle\b(?! doctor)/mu);
  const shown = String.raw`\u001b]0;title\u0007\u001b[2J\u202eeman\u000aheddle`;
  for (const line of [`heddle doctor: node ${shown}`, `/app/${shown}.js:3`]) assert.ok(text.includes(line), text);
});

test('of a short call it is said that there are many, and which call around it is judged', () => {
  const around = {
    call: 'marked(content, …)',
    file: path.resolve('lib/renderer.js'),
    line: 40,
    column: 12,
    functionName: 'renderMarkdown',
    isOutermost: false,
    innerMs: 1.3,
    blockedMs: 142,
  };
  const judgement = { verdict: 'not deferrable', why: 'Its argument holds a function.', around } as const;
  const text = (isOutermost: boolean): string =>
    linesOf(
      reported([blockAt({})], { '/app/app.js:3:0:': { ...judgement, around: { ...around, isOutermost } } }),
      1_000,
    ).join('\n');
  const begin =
    'The call itself took 1.3 ms, and the loop was blocked for 142 ms: there are many such calls, or longer ones.';
  const end = 'around it, marked(content, …) in lib/renderer.js:40:\nnot deferrable: Its argument holds a function.';
  assert.ok(text(false).includes(`${begin} The call ${end}`), text(false));
  assert.ok(text(true).includes(`${begin} The outermost call ${end}`), text(true));
});

test('a duration is never said as sixty seconds or a thousand milliseconds', () => {
  const said = (ended: number): string | undefined =>
    /^Ran (.*?) \(/m.exec(linesOf(reported([], {}, { ended }), 80)[1] ?? '')?.[1];
  assert.deepEqual([999.6, 59_970, 119_700, 9_996].map(said), ['1.00 s', '1 min 0 s', '2 min 0 s', '10.0 s']);
  assert.deepEqual([999.4, 59_940, 9_994].map(said), ['999 ms', '59.9 s', '9.99 s']);
});

test('all blocks are counted, also of so many that a report has not all of them', () => {
  const blocks = Array.from({ length: 6_000 }, () => blockAt({}));
  const report = reported(blocks);
  assert.equal(report.blocks.length, 5_000);
  assert.match(linesOf(report, 200).join('\n'), /The loop was blocked 6000 times/);
});
