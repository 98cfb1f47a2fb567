import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { commonJsCache } from '../common-js-cache.ts';
import type { ScriptPosition } from './function-handle.ts';
import { dataProperty, findMember } from '../members.ts';

/**
 * The CommonJS file that `f` is written in, where that file's module exports it directly and its text is what was
 * compiled. V8 names such a script soonest by how often its functions have run, and that leaves out those that nothing
 * but the whole has run of.
 *
 * @param position where V8 says that `f` is written
 */
export function commonJsFileOf(f: Function, position: ScriptPosition): string | undefined {
  const text = Function.prototype.toString.call(f);
  for (const [file, module] of Object.entries(commonJsCache())) {
    // Of the program's entry, which no thread loads, a getter stands in the place of what it exports.
    const exports = module && dataProperty(module, 'exports');
    if (exportsDirectly(exports, f) && isWrittenIn(file, text, position)) return file;
  }
  return undefined;
}

function exportsDirectly(exports: unknown, f: Function): boolean {
  if (exports === f) return true;
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return false;
  return !types.isProxy(exports) && findMember(exports, f, 1) !== undefined;
}

/** Whether the file has the text around that position: a module may also export what another one's text makes. */
function isWrittenIn(file: string, text: string, { lineNumber, columnNumber = 0 }: ScriptPosition): boolean {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    // A file that is gone, or was never there: loaders make modules of their own.
    return false;
  }
  let position = columnNumber;
  for (let line = 0, end = -1; line < lineNumber; line++) {
    end = source.indexOf('\n', end + 1);
    if (end < 0) return false;
    position = end + 1 + columnNumber;
  }
  // V8 gives the parameters' place: the name comes before.
  for (let start = source.indexOf(text); start >= 0 && start <= position; start = source.indexOf(text, start + 1)) {
    if (position < start + text.length) return true;
  }
  return false;
}
