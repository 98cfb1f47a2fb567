import { styleText } from 'node:util';

/** How a piece of text looks. */
export type Style = 'plain' | 'bold' | 'faint' | 'good' | 'slow' | 'bad' | 'chosen';

/** What the terminal is told beside the text. What is chosen is to be seen without colours as well; inverse is none. */
export type Paint = 'colors' | 'no colors' | 'nothing';

/** A part of a line. */
export type Piece = readonly [text: string, style?: Style];
/** One line of the screen. */
export type Line = readonly Piece[];

type Format = Parameters<typeof styleText>[0];

const formats: Readonly<Record<Exclude<Style, 'plain'>, Format>> = {
  bold: 'bold',
  faint: 'dim',
  good: 'green',
  slow: 'yellow',
  bad: 'red',
  chosen: 'inverse',
};

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
/** What a terminal would obey, or show in another place: a function may be called anything. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{M}]/gu;

/** Makes a name safe to be shown. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '·');
}

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** Brings a text to a width, at the right edge where it is a number. */
export function fit(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = cut(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return side === 'left' ? shown + space : space + shown;
}

/** A line as the terminal gets it: no longer than it is wide. */
export function paintLine(line: Line, columns: number, paint: Paint): string {
  let left = columns;
  let painted = '';
  for (const [text, style = 'plain'] of line) {
    const shown = cut(text, left);
    left -= widthOf(shown);
    painted += shown === '' || style === 'plain' || !isPainted(style, paint) ? shown : styled(style, shown);
    if (left <= 0) break;
  }
  return painted;
}

function isPainted(style: Style, paint: Paint): boolean {
  return paint === 'colors' || (paint === 'no colors' && (style === 'chosen' || style === 'bold'));
}

function styled(style: Exclude<Style, 'plain'>, text: string): string {
  // Whether there are colours has been decided; Node 20 has no such option and never decides itself.
  return (styleText as (format: Format, text: string, options?: object) => string)(formats[style], text, {
    validateStream: false,
  });
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    shown += character;
  }
  return width > 0 ? `${shown}…` : '';
}
