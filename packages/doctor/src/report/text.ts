import { styleText } from 'node:util';
import { printable } from './printable.ts';
import type { Place, Report } from './report.ts';
import { blame, blockCount, duration, ending, insteadOf, percent, times, where } from './words.ts';

export interface TextOptions {
  /** How many characters a line may have. */
  readonly columns: number;
  readonly hasColours: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** Fewer columns leave no room for numbers beside the places. */
const NARROW = 64;
const NUMBERS = [9, 9, 7] as const;
const INDENT = NUMBERS.reduce((sum, width) => sum + width, 0) + 2;

/** The report for a terminal: a table of places, the worst first. */
export function textReport(report: Report, { columns, hasColours }: TextOptions): string {
  const paint = (style: Style, text: string): string =>
    hasColours ? styleText(style, text, { validateStream: false }) : text;
  const lines = summary(report).flatMap((line, index) =>
    wrap(line, columns).map((part) => (index === 0 ? paint('bold', part) : part)),
  );
  const isNarrow = columns < NARROW;
  if (report.places.length > 0) {
    lines.push('');
    if (!isNarrow) lines.push(paint('dim', header()));
    for (const place of report.places) lines.push(...(isNarrow ? narrow : wide)(place, columns, paint));
  }
  for (const note of report.notes) lines.push('', ...wrap(note, columns).map((part) => paint('yellow', part)));
  return `${lines.join('\n')}\n`;
}

function summary(report: Report): string[] {
  const { command, duration: ran, blocked, longest, threshold, exitCode, signal } = report;
  const name = `heddle doctor: ${command.join(' ')}`;
  const run = `Ran ${duration(ran)} (${ending(exitCode, signal)}).`;
  const count = blockCount(report);
  if (count === 0) return [name, `${run} Nothing blocked the loop for longer than ${duration(threshold)}.`];
  return [
    name,
    `${run} The loop was blocked ${times(count)}, for ${duration(blocked)} (${percent(blocked, ran)} of the ` +
      `time), the longest time ${duration(longest)}.`,
  ];
}

const header = (): string =>
  `${['total', 'longest', 'count'].map((name, column) => name.padStart(NUMBERS[column] ?? 0)).join('')}  place`;

type Paint = (style: Style, text: string) => string;

function wide(place: Place, columns: number, paint: Paint): string[] {
  const numbers = [duration(place.total), duration(place.longest), String(place.count)]
    .map((text, column) => text.padStart(NUMBERS[column] ?? 0))
    .join('');
  const [first = '', ...rest] = described(place, columns - INDENT, paint);
  return [`${paint('red', numbers)}  ${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line), ''];
}

function narrow(place: Place, columns: number, paint: Paint): string[] {
  const numbers = `${duration(place.total)}, ${times(place.count)}, longest ${duration(place.longest)}`;
  return [
    ...wrap(numbers, columns).map((line) => paint('red', line)),
    ...described(place, columns - 2, paint).map((line) => `  ${line}`),
    '',
  ];
}

function described(place: Place, width: number, paint: Paint): string[] {
  const { source, kind, judgement } = place;
  return [
    ...wrap(blame(place), width).map((line) => paint('bold', line)),
    ...(place.file === '' ? [] : wrap(where(place), width).map((line) => paint('cyan', line))),
    ...(source === null ? [] : [paint('dim', cut(source, width))]),
    ...(kind === null || place.file === '' ? [] : wrap(`kind: ${kind}`, width)),
    ...(judgement === null ? [] : advice(judgement, width, paint)),
  ];
}

function advice(
  { verdict, why, write, around }: NonNullable<Place['judgement']>,
  width: number,
  paint: Paint,
): string[] {
  return [
    ...(around === undefined ? [] : wrap(insteadOf(around), width)),
    ...wrap(`${verdict}: ${why}`, width),
    ...(write === undefined ? [] : write.split('\n').flatMap((line) => wrap(line, width))).map((line) =>
      paint('green', line),
    ),
  ];
}

function cut(source: string, width: number): string {
  const text = printable(source);
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

/** Breaks between words; in one that is too long, behind a part of a path, or else where the line ends. */
function wrap(text: string, width: number): string[] {
  const room = Math.max(10, width);
  const lines: string[] = [];
  let line = '';
  for (let word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    while (word.length > room) {
      const parts = word.lastIndexOf('/', room - 1) + 1;
      const end = parts > 1 ? parts : room;
      lines.push(word.slice(0, end));
      word = word.slice(end);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
