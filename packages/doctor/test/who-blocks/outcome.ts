import path from 'node:path';
import { blockingLines, type Form } from './forms.ts';
import type { Row } from './rows.ts';

/** What somebody said of a block. */
export interface Said {
  readonly file: string;
  readonly line: number;
  readonly functionName: string;
  readonly call: string | null;
}

/** How good that was: each is better than the next. */
export const outcomes = ['named', 'line', 'function', 'duration', 'nothing'] as const;
export type Outcome = (typeof outcomes)[number];

/** In words, for the table. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  named: 'function and line',
  line: 'line',
  function: 'function',
  duration: 'duration',
  nothing: 'nothing',
};

/**
 * Compares what was said with what is so.
 *
 * @param said `null` where a block was seen but nothing said of it, `undefined` where none was seen
 */
export function outcomeOf(said: Said | null | undefined, row: Row, form: Form): Outcome {
  if (said === undefined) return 'nothing';
  if (said === null) return 'duration';
  const source = form.source(row.program);
  const isFile = path.basename(said.file) === path.basename(source);
  const isLine = isFile && blockingLines(source).includes(said.line);
  const isFunction = isFile && said.functionName.split(/[\s.]/).at(-1) === row.functionName;
  const isCall = row.call === undefined || said.call === row.call || said.call?.endsWith(`.${row.call}`) === true;
  if (isLine && isFunction && isCall) return 'named';
  if (isLine) return 'line';
  return isFunction ? 'function' : 'duration';
}
