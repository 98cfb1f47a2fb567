import type { BlockKind } from './blocked-loop.ts';
import type { Culprit } from './culprit.ts';
import { printable } from './printable.ts';
import type { StackFrame } from './stack-frame.ts';

const MOST_FRAMES = 8;

const WORDS: Readonly<Record<BlockKind, string>> = {
  code: 'code that ran on and on',
  'regular expression': 'one match of a regular expression',
  'native call': 'a call that returns only when it is done',
  microtasks: 'callbacks of promises or of process.nextTick, each of which brought the next; this is one of them',
  timers: 'very many timers at once; this is one of them',
  immediates: 'very many immediates at once; this is one of them',
  'garbage collection': 'mostly garbage collection, which came while this ran',
  unknown: 'what ran could not be seen',
};

interface Warned {
  readonly kind: BlockKind;
  readonly duration: number;
  readonly stack: readonly StackFrame[];
  readonly culprit: Culprit | undefined;
}

/** What is said of a block that is over. */
export function blockedWarning(block: Warned, leftOut: { readonly times: number; readonly time: number }): string {
  const before =
    leftOut.times === 0
      ? ''
      : ` Since the last warning of it, ${leftOut.times} more ${leftOut.times === 1 ? 'block' : 'blocks'} of ${milliseconds(leftOut.time)} in all.`;
  return text(`The event loop was blocked for ${milliseconds(block.duration)}`, block, before);
}

/** What is said of a block that is not over. */
export function stillBlockedWarning(block: Warned): string {
  return text(`The event loop has been blocked for ${milliseconds(block.duration)}, and still is,`, block, '');
}

/** What is said of a job that runs for too long. */
export function longJobWarning(job: {
  readonly pool: string;
  readonly functionName: string;
  readonly duration: number;
  readonly stack: readonly StackFrame[];
  readonly culprit: Culprit | undefined;
}): string {
  const { pool, functionName, duration, stack, culprit } = job;
  const where = culprit === undefined ? '' : `, now in ${culprit.text}`;
  const begins = `${functionName} has been running for ${milliseconds(duration)} in a thread of the pool '${pool}'`;
  return `heddle: ${printable(begins + where)}.\n${lines(stack)}`;
}

function text(begins: string, { kind, stack, culprit }: Warned, ends: string): string {
  const by = culprit === undefined ? '' : ` by ${printable(culprit.text)}`;
  return `heddle: ${begins}${by}: ${WORDS[kind]}.${ends}\n${lines(stack)}`;
}

function lines(stack: readonly StackFrame[]): string {
  return stack.slice(0, MOST_FRAMES).map(line).join('');
}

function line({ functionName, file, line, column }: StackFrame): string {
  const place = file === '' ? '<anonymous>' : `${file}:${line}:${column}`;
  return `    at ${printable(functionName === '' ? place : `${functionName} (${place})`)}\n`;
}

function milliseconds(time: number): string {
  return time < 10_000 ? `${Math.round(time)} ms` : `${Math.round(time / 1000)} s`;
}
