import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import MagicString, { type SourceMap } from 'magic-string';

/** A module of heddle that refers to what is beside the package, on its way into a bundle. */
export interface BundledHeddle {
  /** The file that threads start with; undefined in a module that does not name it. */
  readonly entryFile: string | undefined;
  /** The module with another expression for that file's URL; undefined leaves it to the bundler. */
  readonly rewrite: (entryUrl: string | undefined) => { readonly code: string; readonly map: SourceMap };
}

/** The files that can be such a module. */
export const OF_HEDDLE: RegExp = /heddle.*[\\/]dist[\\/][^\\/]+\.mjs$/;

const ENTRY = 'new URL("./threads/entry/thread.cjs", import.meta.url)';
const PARSER = 'createRequire(import.meta.url)("acorn")';

/**
 * A bundle has neither the file that heddle's threads start with nor the package with its parser beside it: the one is
 * found by an expression that only the bundler can give, the other becomes an import.
 */
export function bundledHeddle(code: string, file: string): BundledHeddle | undefined {
  const hasEntry = code.includes(ENTRY);
  if (!OF_HEDDLE.test(file) || !(hasEntry || code.includes(PARSER))) return undefined;
  return {
    entryFile: hasEntry ? path.join(path.dirname(file), 'threads/entry/thread.cjs') : undefined,
    rewrite: (entryUrl) => {
      const text = new MagicString(code);
      if (entryUrl !== undefined) text.replace(ENTRY, entryUrl);
      if (code.includes(PARSER)) {
        text.replace(PARSER, '$heddleAcorn');
        text.prepend("import * as $heddleAcorn from 'acorn';");
      }
      return {
        code: text.toString(),
        map: text.generateMap({ source: file, includeContent: true, hires: 'boundary' }),
      };
    },
  };
}

/** The file that threads start with, as it lies beside a bundle: another one for each version of heddle. */
export function entryAsset(entryFile: string): { readonly fileName: string; readonly source: string } {
  const source = readFileSync(entryFile, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 10);
  return { fileName: `heddle-thread-${hash}.cjs`, source };
}
