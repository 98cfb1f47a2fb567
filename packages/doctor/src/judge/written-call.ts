import { readFileSync } from 'node:fs';
import type { StackFrame } from 'heddle/watchdog';
import { pathOf } from '../run/script-path.ts';
import { type CallText, callTextAt, lastName } from './call-text.ts';
import type { Observation } from './messages.ts';

/**
 * A watched call as the source has it: where that was compiled as it is, at the observer's place, which is exact; else
 * where the source map has led the frame.
 */
export function writtenAt(frame: StackFrame, { kind, place, callee }: Observation): CallText | undefined {
  if (kind === 'entry') return undefined;
  const name = callee === undefined ? undefined : lastName(callee);
  if (isSource(frame)) return textAt({ file: pathOf(place.script), line: place.line, column: place.column }, name);
  // In a bundle names are other ones.
  return place.script === frame.script && place.line === frame.scriptLine ? textAt(frame) : undefined;
}

/** The call at a place of a source; undefined where nobody has delivered it with the program. */
export function textAt(
  { file, line, column }: Pick<StackFrame, 'file' | 'line' | 'column'>,
  name?: string,
): CallText | undefined {
  try {
    return callTextAt(readFileSync(file, 'utf8'), line, column, name);
  } catch {
    return undefined;
  }
}

/** Whether V8 has compiled the source itself, perhaps with blanks in the place of types. */
export function isSource({ file, script }: StackFrame): boolean {
  return pathOf(script) === file;
}

/** A function's own name: `render` of `Renderer.render`. */
export function lastPart(call: string): string {
  return call.replace(/^new /, '').split('.').at(-1) ?? call;
}
