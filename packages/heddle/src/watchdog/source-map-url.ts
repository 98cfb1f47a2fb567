import { readFileSync } from 'node:fs';
import { readablePath } from '../threads/callable/scripts/readable-path.ts';

const COMMENT = /\/\/[#@] sourceMappingURL=(\S+)/g;

/** What a script's `//# sourceMappingURL=` says, read from its file; empty where it says nothing. */
export function sourceMapUrlIn(script: string): string {
  let text: string;
  try {
    text = readFileSync(readablePath(script), 'utf8');
  } catch {
    // Code without a file of its own.
    return '';
  }
  const last = text.lastIndexOf('sourceMappingURL=');
  if (last < 0) return '';
  return [...text.slice(Math.max(0, last - 4)).matchAll(COMMENT)].at(-1)?.[1] ?? '';
}
