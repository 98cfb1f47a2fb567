import { readFileSync } from 'node:fs';

const files = new Map<string, readonly string[]>();
/** What is longer was not written by a person. */
const LONGEST = 300;

/** The text of a line of a source, where that is there to read. */
export function sourceLine(file: string, line: number): string | null {
  if (line < 1) return null;
  let lines = files.get(file);
  if (lines === undefined) files.set(file, (lines = linesOf(file)));
  const text = lines[line - 1]?.trim();
  return text === undefined || text === '' || text.length > LONGEST ? null : text;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
