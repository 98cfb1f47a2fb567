import { readFileSync } from 'node:fs';
import { TextPositions } from '../judge/observer/text-position.ts';

const texts = new Map<string, string | undefined>();
const blanked = new Map<string, string>();
const positions = new Map<string, TextPositions>();

/** The text of a source, where it is there to read. */
export function sourceText(file: string): string | undefined {
  if (!texts.has(file)) texts.set(file, read(file));
  return texts.get(file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A source with spaces for what is in its strings, its comments and its regular expressions: only code is left. */
export function codeOf(file: string): string | undefined {
  const text = sourceText(file);
  if (text === undefined) return undefined;
  let code = blanked.get(file);
  if (code === undefined) blanked.set(file, (code = withoutLiterals(text)));
  return code;
}

/** Lines and columns of a source; of one that is not there, those of an empty text. */
export function positionsIn(file: string): TextPositions {
  let known = positions.get(file);
  if (known === undefined) positions.set(file, (known = new TextPositions(sourceText(file) ?? '')));
  return known;
}

/** Where a comment, a string or a template begins, or a regular expression: there a slash cannot divide. */
const OPENING = /\/\/|\/\*|['"`]|(?<=(?:^|[(,=:[!&|?{};>\n]|\breturn|\btypeof)\s*)\//g;
const REGULAR_EXPRESSION = /\/[^/\\\n[]*(?:(?:\\.|\[[^\]\\\n]*(?:\\.[^\]\\\n]*)*\])[^/\\\n[]*)*\/[a-z]*/y;
/** What matters in a string or a template: its end, what comes behind a backslash, and where a string cannot go on. */
const IN_QUOTES: Readonly<Record<string, RegExp>> = { "'": /['\\\n]/g, '"': /["\\\n]/g, '`': /[`\\]/g };

/** TypeScript as well, for which there would be no small parser. Calls in template literals are lost to it. */
export function withoutLiterals(text: string): string {
  let code = '';
  let kept = 0;
  OPENING.lastIndex = 0;
  for (let found = OPENING.exec(text); found !== null; found = OPENING.exec(text)) {
    const end = endOfLiteral(text, found.index, found[0]);
    if (end < 0) {
      OPENING.lastIndex = found.index + 1;
      continue;
    }
    code += text.slice(kept, found.index) + blank(text.slice(found.index, end));
    kept = end;
    OPENING.lastIndex = end;
  }
  return code + text.slice(kept);
}

function blank(literal: string): string {
  return literal.replace(/[^\n]+/g, ({ length }) => ' '.repeat(length));
}

/** Behind what begins there; -1 where that has no end. */
function endOfLiteral(text: string, start: number, opening: string): number {
  if (opening === '//') {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length : end;
  }
  if (opening === '/*') {
    const end = text.indexOf('*/', start + 2);
    return end < 0 ? -1 : end + 2;
  }
  const quoted = IN_QUOTES[opening];
  if (quoted !== undefined) return endOfQuoted(text, start + 1, quoted);
  REGULAR_EXPRESSION.lastIndex = start;
  return REGULAR_EXPRESSION.test(text) ? REGULAR_EXPRESSION.lastIndex : -1;
}

/** Step by step: an expression for all of it runs out of stack where the text of a string has some megabytes. */
function endOfQuoted(text: string, from: number, marks: RegExp): number {
  marks.lastIndex = from;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    if (found[0] === '\n') return -1;
    if (found[0] !== '\\') return marks.lastIndex;
    marks.lastIndex += 1;
  }
  return -1;
}
