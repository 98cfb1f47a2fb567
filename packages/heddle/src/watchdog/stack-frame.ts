import { inspect } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type CompiledPosition, sourceName, sourcePosition } from '../threads/callable/scripts/source-position.ts';
import { readablePath } from '../threads/callable/scripts/readable-path.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import { sourceMapUrlIn } from './source-map-url.ts';

/** One call of a stack. */
export interface StackFrame extends Ownership {
  /** As V8 calls it, without the receiver's type where that says nothing; empty for an anonymous function. */
  readonly functionName: string;
  /** The source that it is written in: a path, or `node:…`; empty for what is built into JavaScript. */
  readonly file: string;
  /** Counted from 1; 0 where there is none. */
  readonly line: number;
  /** Counted from 1; 0 where there is none. */
  readonly column: number;
  /** What V8 compiled: a URL or a path. The same as `file`, or what was built from it. */
  readonly script: string;
  readonly scriptLine: number;
  readonly scriptColumn: number;
}

/** A place in what V8 compiled, as stacks and profiles name it; line and column count from 1. */
export interface CompiledFrame {
  readonly functionName: string;
  /** A URL or a path; empty for what is built into JavaScript. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A frame at a place in what V8 compiled, led back to its source where there is a source map.
 *
 * @throws InvalidArgumentError when it is no such place
 */
export function frameAt(place: CompiledFrame): StackFrame {
  requireFrame(place);
  const { functionName, script, line, column } = place;
  const compiled = compiledPosition(script, line, column);
  const source = compiled === undefined ? { file: script, line, column } : sourcePosition(compiled);
  return {
    functionName,
    file: source.file,
    line: source.line,
    column: source.column,
    script,
    scriptLine: line,
    scriptColumn: column,
    ...ownershipOf(script, source.file),
  };
}

function requireFrame(place: unknown): void {
  const { functionName, script, line, column } = (place ?? {}) as Partial<CompiledFrame>;
  const isFrame =
    typeof functionName === 'string' &&
    typeof script === 'string' &&
    typeof line === 'number' &&
    typeof column === 'number';
  if (isFrame) return;
  throw new InvalidArgumentError(
    `frameAt takes { functionName, script, line, column }, two texts and two numbers, not ${inspect(place, { depth: 0 })}.`,
  );
}

/** What the function that a call at this place calls is named in the source, where a source map tells. */
export function calledAt({ script, scriptLine, scriptColumn }: StackFrame): string | undefined {
  const compiled = compiledPosition(script, scriptLine, scriptColumn);
  return compiled && sourceName(compiled);
}

function compiledPosition(script: string, line: number, column: number): CompiledPosition | undefined {
  if (line < 1 || script === '' || script.startsWith('node:')) return undefined;
  const sourceMapUrl = (): string => sourceMapUrlIn(script);
  return { script, line: line - 1, column: Math.max(0, column - 1), sourceMapUrl };
}

/** A frame whose place is in the source already. */
export function frameInSource({ functionName, script, line, column }: CompiledFrame): StackFrame {
  const file = readablePath(script);
  const ownership = ownershipOf(script, file);
  return { functionName, file, line, column, script, scriptLine: line, scriptColumn: column, ...ownership };
}
