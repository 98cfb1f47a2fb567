import { readFileSync } from 'node:fs';
import { BoundedMap } from '../../wire/bounded-map.ts';
import { ask, inspectorSession } from '../scripts/inspector-session.ts';
import { readablePath } from '../scripts/readable-path.ts';
import { quietly } from '../../wire/quietly.ts';
import { askDebugger, type Script } from '../scripts/scripts.ts';

/** A script's text as V8 compiled it, and where in it a function's text starts. */
export interface Source {
  readonly text: string;
  /** Where the function's text starts: as an offset, and counted from 0. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** The offset of a line and column, both counted from 0. */
  offsetOf(line: number, column: number): number | undefined;
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
    storedSourceOf(position, functionText) ??
    locate(textOfNewFunction(position, functionText), position, functionText) ??
    locate(askForSource(position.scriptId), position, functionText)
  );
}

/** The same as far as the disk tells: undefined where V8 would have to be asked. */
export function storedSourceOf(position: Position, functionText: string): Source | undefined {
  return locate(storedText(position), position, functionText);
}

// Functions of one script mostly come one after the other.
let lastRead: { readonly scriptId: string; readonly text: string | undefined } | undefined;

function storedText({ script: { url }, scriptId }: Position): string | undefined {
  if (lastRead?.scriptId !== scriptId) {
    const text = readFile(url);
    lastRead = { scriptId, text: text !== undefined && /\.[cm]?tsx?(?:\?|$)/.test(url) ? withoutTypes(text) : text };
  }
  return lastRead.text;
}

function readFile(url: string): string | undefined {
  try {
    return readFileSync(readablePath(url), 'utf8');
  } catch {
    return undefined;
  }
}

// What Node itself makes of TypeScript keeps every position.
function withoutTypes(text: string): string | undefined {
  const { stripTypeScriptTypes } = process.getBuiltinModule('node:module');
  if (typeof stripTypeScriptTypes !== 'function') return undefined;
  try {
    return quietly(() => stripTypeScriptTypes(text));
  } catch {
    return undefined;
  }
}

/** What `new Function` has V8 compile: JavaScript says what the text of the function is, V8 puts brackets around it. */
function textOfNewFunction({ script: { url } }: Position, functionText: string): string | undefined {
  const isOne = url === '' && /^(?:async )?function\*? anonymous\([^]*\n\) \{\n/.test(functionText);
  return isOne ? `(${functionText})` : undefined;
}

/** Functions of a few scripts may come in turn, and a question takes some 20 ms. */
const MOST_ANSWERS = 16;
const answers = new BoundedMap<string, string | undefined>(MOST_ANSWERS);

function askForSource(scriptId: string): string | undefined {
  if (answers.has(scriptId)) return answers.get(scriptId);
  const session = inspectorSession();
  const answer = askDebugger(session, () => {
    return ask<{ scriptSource?: string }>(session, 'Debugger.getScriptSource', { scriptId }).scriptSource;
  });
  answers.set(scriptId, answer);
  return answer;
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

// V8 names a place within the function (its parameters). The text starts at its last occurrence before that
// which reaches beyond it.
function locate(text: string | undefined, { line, column }: Position, functionText: string): Source | undefined {
  if (text === undefined) return undefined;
  const lineStarts = [0];
  for (const match of text.matchAll(LINE_END)) lineStarts.push(match.index + match[0].length);
  const offsetOf = (ofLine: number, ofColumn: number): number | undefined => {
    const lineStart = lineStarts[ofLine];
    return lineStart === undefined ? undefined : lineStart + ofColumn;
  };
  const within = offsetOf(line, column);
  if (within === undefined) return undefined;
  const start = text.lastIndexOf(functionText, within);
  if (start === -1 || start + functionText.length <= within) return undefined;
  const startLine = lineStarts.findLastIndex((begin) => begin <= start);
  return { text, start, line: startLine, column: start - (lineStarts[startLine] ?? 0), offsetOf };
}
