import { readFileSync } from 'node:fs';
import type { StackFrame } from './stack-frame.ts';

const NAMES = /\b(?:(?:gz|gunz|unz)ip|(?:de|in)flate(?:Raw)?|(?:brotli|zstd)(?:Dec|C)ompress)Sync\b/g;

/**
 * Which of zlib's functions is called at a place. Inside Node all that wait are one function, so that stacks cannot
 * tell them apart; the source can.
 *
 * @returns undefined where the source is not there, or has several in the line and none at the column
 */
export function zlibCallAt({ file, line, column }: StackFrame): string | undefined {
  const found = [...lineOf(file, line).matchAll(NAMES)];
  const exact = found.find(({ index }) => index === column - 1);
  const names = new Set(found.map(([name]) => name));
  return exact?.[0] ?? (names.size === 1 ? found[0]?.[0] : undefined);
}

function lineOf(file: string, line: number): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
  } catch {
    // Code without a file of its own.
    return '';
  }
}
