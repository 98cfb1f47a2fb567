import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ask, inspectorSession } from '../inspector-session.ts';
import type { Script } from '../scripts.ts';

/** A script's text as V8 compiled it, and where in it a function's text starts. */
export interface Source {
  readonly text: string;
  /** Counted from 0. */
  readonly line: number;
  readonly column: number;
}

interface Position {
  readonly script: Script;
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds the text that a function of this text was compiled from, and its start in it.
 *
 * The file on the disk mostly is that text. Where it is not (types were stripped, a loader changed it, it
 * was edited since) V8 is asked, which takes the Debugger domain.
 */
export function sourceOf(position: Position, functionText: string): Source | undefined {
  return (
    locate(readFile(position.script.url), position, functionText) ??
    locate(askForSource(position.scriptId), position, functionText)
  );
}

function readFile(url: string): string | undefined {
  try {
    return readFileSync(url.startsWith('file:') ? fileURLToPath(url) : url, 'utf8');
  } catch {
    return undefined;
  }
}

// As rarely as can be, and not for longer than the question takes: see `scripts.ts`.
function askForSource(scriptId: string): string | undefined {
  const session = inspectorSession();
  session.post('Debugger.enable');
  try {
    return ask<{ scriptSource?: string }>(session, 'Debugger.getScriptSource', { scriptId }).scriptSource;
  } finally {
    session.post('Debugger.disable');
  }
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

// V8 names a place within the function (its parameters). The text starts at its last occurrence before that
// which reaches beyond it.
function locate(text: string | undefined, { line, column }: Position, functionText: string): Source | undefined {
  if (text === undefined) return undefined;
  const lineStarts = [0];
  for (const match of text.matchAll(LINE_END)) lineStarts.push(match.index + match[0].length);
  const lineStart = lineStarts[line];
  if (lineStart === undefined) return undefined;
  const within = lineStart + column;
  const start = text.lastIndexOf(functionText, within);
  if (start === -1 || start + functionText.length <= within) return undefined;
  const startLine = lineStarts.findLastIndex((begin) => begin <= start);
  return { text, line: startLine, column: start - (lineStarts[startLine] ?? 0) };
}
