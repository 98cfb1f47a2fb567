import path from 'node:path';
import type { OuterCall } from '../judge/judgement.ts';
import { ms } from '../judge/milliseconds.ts';
import type { Place, Report } from './report.ts';

export { duration } from './duration.ts';

export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const share = Math.min(100, (part / whole) * 100);
  return `${share > 0 && share < 1 ? '< 1' : Math.round(share)} %`;
}

/** How often the loop was blocked: of very many blocks, a report has the longest one by one. */
export function blockCount({ places }: Pick<Report, 'places'>): number {
  return places.reduce((sum, { count }) => sum + count, 0);
}

/** Who blocked: `hashSync of bcryptjs, called in register`. */
export function blame({ call, callee, functionName, file, kind }: Place): string {
  if (file === '') return unknown(kind);
  const own = functionName === '' ? path.basename(file) : functionName;
  if (call === null) return functionName === '' ? `code of ${own} without a name` : own;
  const called = callee === null ? call : `${call} of ${callee}`;
  return call === functionName ? called : `${called}, called in ${own}`;
}

function unknown(kind: Place['kind']): string {
  if (kind === 'garbage collection') return 'garbage collection, for nothing that stands out';
  return 'unknown: native code, which no stack could be had of';
}

/** Where: relative to where the user is, as an editor and a terminal open it. */
export function where(
  { file, line, column }: Pick<Place, 'file' | 'line' | 'column'>,
  from: string = process.cwd(),
): string {
  if (file === '') return '';
  const inside = path.relative(from, file);
  const name = inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? file : inside;
  if (line < 1) return name;
  return column < 1 ? `${name}:${line}` : `${name}:${line}:${column}`;
}

/** Which call a judgement is about that is not about the place's own. */
export function insteadOf({ innerMs, blockedMs, call, file, line, isOutermost }: OuterCall): string {
  const inner =
    innerMs === null
      ? 'The call itself could not be watched.'
      : `The call itself took ${ms(innerMs)}, and the loop was blocked for ${ms(blockedMs)}: there are many such calls, or longer ones.`;
  return `${inner} The ${isOutermost ? 'outermost ' : ''}call around it, ${call} in ${where({ file, line, column: 0 })}:`;
}

/** How a program ended. */
export function ending(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `ended by ${signal}`;
  return exitCode === null ? 'still running' : `exit code ${exitCode}`;
}
