import * as zlib from 'node:zlib';
import { codeOf, positionsIn, sourceText } from './source-text.ts';

/** A place in a source; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A function's part of its source. */
export interface FunctionSource {
  readonly file: string;
  /** Its code without strings, comments and regular expressions. */
  readonly code: string;
  /** Where in the file that begins. */
  readonly offset: number;
}

/** Finds the function whose definition V8 places there: at its name, its parameters or its keyword. */
export function functionSource({ file, line, column }: SourcePlace): FunctionSource | undefined {
  const code = codeOf(file);
  if (code === undefined) return undefined;
  // The top of a module is all of it.
  if (line < 1) return { file, code, offset: 0 };
  const start = offsetOf({ file, line, column });
  return { file, code: code.slice(start, endOfFunction(code, start)), offset: start };
}

/** Where a function calls another one of that name. */
export function callsIn({ file, code, offset }: FunctionSource, name: string): SourcePlace[] {
  // Of a method with a name that is computed, or given to it, the name may be any text.
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const calls = code.matchAll(new RegExp(`(?<![\\w$])${escaped}\\s*(?:\\?\\.)?(?:<[^()]*>)?\\(`, 'g'));
  return [...calls].map(({ index }) => placeAt(file, offset + index));
}

/** Where a function loops, where it has one loop. */
export function onlyLoopIn({ file, code, offset }: FunctionSource): SourcePlace | undefined {
  const loops = [...code.matchAll(/(?<![\w$.])(?:for(?:\s+await)?|while)\s*\(/g)];
  const [loop] = loops;
  return loop === undefined || loops.length > 1 ? undefined : placeAt(file, offset + loop.index);
}

/** What takes long in JavaScript itself and leaves no call of its own on any stack. */
const BUILT_IN =
  /(?<![\w$])(JSON\s*\.\s*(?:parse|stringify)|structuredClone|(?<=\.\s*)(?:test|exec|match|matchAll|replace|replaceAll|search|split|sort|toSorted|localeCompare|normalize)|Atomics\s*\.\s*wait)\s*\(/g;
/** The same for the methods of databases, which a profile does not always name. */
const OF_DATABASES = /(?<=\.\s*)(get|all|run|exec|iterate)\s*(?:<[^()]*>)?\(/g;

/** A call that no profile has, where there is one such place and no other. */
export interface BuiltInCall {
  readonly name: string;
  readonly callee?: string;
  readonly place: SourcePlace;
}

/** Whether a call is one that matches a regular expression, most of the time. */
export function matches(name: string): boolean {
  return /^(?:test|exec|match|matchAll|replace|replaceAll|search)$/.test(name);
}

export function builtInCallIn({ file, code, offset }: FunctionSource, onLine?: number): BuiltInCall | undefined {
  const found: BuiltInCall[] = [];
  const add = (pattern: RegExp, callee: Pick<BuiltInCall, 'callee'>): void => {
    for (const { 1: name = '', index } of code.matchAll(pattern)) {
      const place = placeAt(file, offset + index);
      if (onLine === undefined || place.line === onLine)
        found.push({ name: name.replaceAll(/\s/g, ''), place, ...callee });
    }
  };
  add(BUILT_IN, {});
  if (sourceText(file)?.includes('node:sqlite')) add(OF_DATABASES, { callee: 'node:sqlite' });
  return found.length === 1 ? found[0] : undefined;
}

/** The one of zlib's synchronous functions that a function calls; in profiles they are all one of Node's inside. */
export function zlibCallIn({ code }: FunctionSource): string | undefined {
  const calls = Array.from(code.matchAll(/(?<![\w$])(\w+Sync)\s*\(/g), ([, name = '']) => name);
  const names = new Set(calls.filter((name) => Object.hasOwn(zlib, name)));
  return names.size === 1 ? [...names][0] : undefined;
}

/** The name that a function has where it is written, which a bundler may have shortened. */
export function nameInSource({ file, line, column }: SourcePlace): string | undefined {
  const text = sourceText(file)?.split('\n')[line - 1];
  if (text === undefined) return undefined;
  // A line may hold a whole minified package, with a file in base64: a name ends where only what is near is looked at.
  const before = text.slice(Math.max(0, column - 201), column - 1);
  const after = text.slice(column - 1);
  return (
    /^(?:async\s+)?function\s*\*?\s*([\w$]+)/.exec(after)?.[1] ??
    /^(?:(?:async|get|set|static)\s+)*(?!function\b)([\w$#]+)\s*(?:<[^(]*>)?\(/.exec(after)?.[1] ??
    /([\w$#]+)\s*$/.exec(before.replace(/\b(?:async|function)\s*\*?\s*$/, ''))?.[1] ??
    /([\w$#]+)\s*(?::[^=]*)?[=:]\s*(?:async\s*)?(?:function\s*\*?\s*)?$/.exec(before)?.[1]
  );
}

/** Where in a source a place is whose line and column count from 1. */
export function offsetOf({ file, line, column }: SourcePlace): number {
  return positionsIn(file).offsetOf({ lineNumber: line - 1, columnNumber: Math.max(0, column - 1) });
}

function placeAt(file: string, offset: number): SourcePlace {
  const { lineNumber, columnNumber } = positionsIn(file).at(offset);
  return { file, line: lineNumber + 1, column: columnNumber + 1 };
}

/** The end of its body; an arrow function without braces ends where what surrounds it goes on. */
function endOfFunction(code: string, start: number): number {
  let depth = 0;
  let isArrow = false;
  for (let index = start; index < code.length; index++) {
    const character = code[index];
    if (character === '(' || character === '[' || character === '{') depth += 1;
    else if (character === ')' || character === ']' || character === '}') {
      depth -= 1;
      if (depth < 0) return index;
      if (depth === 0 && character === '}' && isBody(code, start, index)) return index + 1;
    } else if (character === '=' && code[index + 1] === '>' && depth === 0) isArrow = true;
    else if (depth === 0 && isArrow && (character === ';' || character === ',')) return index;
  }
  return code.length;
}

/** Whether a brace that closes there closes a body: types and default values have braces too. */
function isBody(code: string, start: number, end: number): boolean {
  const text = code.slice(start, end + 1);
  return /^[^{]*\)[^{]*\{/.test(text) || /=>\s*\{/.test(text);
}
