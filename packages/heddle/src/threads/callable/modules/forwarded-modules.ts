import { readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Who forwards has no more to say. */
const MOST_BYTES = 2 ** 16;

const COMMENTS = /\/\*[^]*?\*\/|^#!.*|(?<=^|\s)\/\/.*/gm;
// Nitro puts `import.meta` into a global variable first.
const STATEMENT =
  /\s*(?:(?:import|export)\b(?:[^'"();=]*\bfrom\b)?\s*(?:'([^'\n]+)'|"([^"\n]+)")(?:\s*with\s*\{[^}]*\})?|(?:module\.exports\s*=\s*)?require\((?:'([^'\n]+)'|"([^"\n]+)")\)|['"]use strict['"]|globalThis\.\w+\s*=[^;'"`]*)\s*;?/y;

/**
 * The files beside it of which a module consists, where it does nothing but import them, or pass on what they export: the
 * `main.js` that says `import './server.js'`, or what Nitro builds. They are the program then.
 */
export function forwardedModules(file: string): string[] {
  const text = textOf(file).replaceAll(COMMENTS, '').trim();
  const files: string[] = [];
  const statement = new RegExp(STATEMENT);
  const require = process.getBuiltinModule('node:module').createRequire(pathToFileURL(file));
  while (statement.lastIndex < text.length) {
    const match = statement.exec(text);
    if (match === null) return [];
    const specifier = match.slice(1).find((group) => group !== undefined);
    if (specifier?.startsWith('.')) files.push(require.resolve(specifier));
  }
  return files;
}

function textOf(file: string): string {
  const stats = statSync(file);
  return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(file, 'utf8') : '';
}
