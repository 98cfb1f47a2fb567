import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import MagicString, { type SourceMap } from 'magic-string';

/** Gives a module that refers to what is beside it, on its way into a bundle. */
export type RewriteHeddle = (
  /** Gives an expression for the URL of a file that threads start with; left out where the bundler finds it. */
  urlOf?: (entryFile: string) => string,
) => { readonly code: string; readonly map: SourceMap };

/** The files that can be such a module. */
export const OF_HEDDLE: RegExp = /heddle.*[\\/]dist[\\/][^\\/]+\.mjs$/;

const ENTRIES = ['./threads/entry/thread.cjs', './watchdog/entry/watcher.cjs'];
const REQUIRE = 'const require = createRequire(import.meta.url);';
const PARSER = 'require("acorn")';

const urlIn = (entry: string): string => `new URL("${entry}", import.meta.url)`;

/**
 * A bundle has neither the files that heddle's threads start with nor the package with its parser beside it: the ones
 * are found by expressions that only the bundler can give, the other becomes an import.
 */
export function bundledHeddle(code: string, file: string): RewriteHeddle | undefined {
  const entries = ENTRIES.filter((entry) => code.includes(urlIn(entry)));
  const hasParser = code.includes(REQUIRE) && code.includes(PARSER);
  if (!OF_HEDDLE.test(file) || (entries.length === 0 && !hasParser)) return undefined;
  return (urlOf) => {
    const text = new MagicString(code);
    if (urlOf !== undefined) {
      for (const entry of entries) text.replace(urlIn(entry), urlOf(path.join(path.dirname(file), entry)));
    }
    if (hasParser) {
      text.replace(REQUIRE, '').replace(PARSER, '$heddleAcorn');
      text.prepend("import * as $heddleAcorn from 'acorn';");
    }
    return {
      code: text.toString(),
      map: text.generateMap({ source: file, includeContent: true, hires: 'boundary' }),
    };
  };
}

/** A file that threads start with, as it lies beside a bundle: another one for each version of heddle. */
export function entryAsset(entryFile: string): { readonly fileName: string; readonly source: string } {
  const source = readFileSync(entryFile, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 10);
  return { fileName: `heddle-thread-${hash}.cjs`, source };
}
