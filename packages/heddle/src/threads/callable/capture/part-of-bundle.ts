import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BoundedMap } from '../../wire/bounded-map.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { packageName } from '../modules/package-name.ts';
import { readablePath } from '../scripts/readable-path.ts';
import { hasSeveralSources, sourcePosition } from '../scripts/source-position.ts';
import type { Literal } from './literal.ts';

/** The file that stands above a module in a bundle, and where in the text that is. */
interface Header {
  readonly file: string;
  readonly start: number;
}

// esbuild, Rolldown and Bun write `// src/main.ts`, webpack `/***/ "./src/main.ts"` and `;// ./src/main.ts`, Rspack
// `"./src/main.ts"(module, …`. What packages have in their own files in this way (`//#region src/main.ts`) is left aside.
const HEADERS = /^(?:;?\/\/ |\/\*{3}\/ ")(\S+\.[cm]?[jt]sx?)"?(?: \+ \d+ modules)?$|^"(\S+\.[cm]?[jt]sx?)"\(\w/gm;

const MOST_SCRIPTS = 100;

/** People write no such lines, and of what is to be minified a bundle is made first. */
const LONG_LINE = 1000;

const headers = new BoundedMap<string, readonly Header[]>(MOST_SCRIPTS);

/** The package that a function was written in where it runs as a part of the program's bundle, as far as a source map or the bundler tells. */
export function bundledPackage(literal: Literal): string | undefined {
  if (packageName(literal.script) !== undefined) return undefined;
  return packageName(sourcePosition(literal).file) ?? packageByHeader(literal);
}

function packageByHeader({ script, start }: Literal): string | undefined {
  const all = headersIn(script);
  // Rolldown puts what it makes of CommonJS files elsewhere, without its header.
  if (all.some(({ file }) => file.endsWith('rolldown/runtime.js'))) return undefined;
  const header = all.findLast((one) => one.start < start);
  return header && packageName(`/${header.file}`);
}

/**
 * Whether a function's module is none that Node has loaded, as far as that can be told: one of several in a bundle, or what
 * a development server or a test runner has made of a file. No thread can import that.
 */
export function isPartOfBundle(literal: Literal): boolean {
  const { script, isModule, sourceUrl } = literal;
  const isOfFile = sourceUrl !== undefined || /[\\/]/.test(script);
  if (!isModule && isOfFile && commonJsCache()[script] === undefined) return true;
  return hasSeveralSources(literal) ?? (literal.column > LONG_LINE || hasSeveralHeaders(script));
}

/** Whether that is several modules: by a single one, people may say of which file they speak. */
function hasSeveralHeaders(script: string): boolean {
  const own = path.parse(readablePath(script)).name;
  const files = new Set(headersIn(script).map(({ file }) => file));
  return files.size > 1 && [...files].some((file) => path.posix.parse(file).name !== own);
}

function headersIn(script: string): readonly Header[] {
  let found = headers.get(script);
  if (found === undefined) {
    found = [...textOf(script).matchAll(HEADERS)].map(({ 1: comment, 2: key, index }) => ({
      file: (comment ?? key) as string,
      start: index,
    }));
    headers.set(script, found);
  }
  return found;
}

function textOf(script: string): string {
  try {
    return readFileSync(readablePath(script), 'utf8');
  } catch {
    // It comes from no file.
    return '';
  }
}
