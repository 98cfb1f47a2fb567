import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Acorn from 'acorn';
import { ownUrl } from '../../../defer/own-url.ts';
import { ThreadEntryMissingError } from '../../errors.ts';
import { threadEntry } from '../../connection/thread-entry.ts';
import { compileOwn } from '../scripts/script-count.ts';

// Some 20 kB, for some 10 ms.
const PRACTICE = 60;

let acorn: typeof Acorn | undefined;

/**
 * Loads the parser when the first function is captured, since most programs never need it.
 *
 * @throws ThreadEntryMissingError where it was left behind when the files of the program were gathered
 */
function loaded(): typeof Acorn {
  if (acorn !== undefined) return acorn;
  try {
    // By these very lines bundlers know it, and those who trace what a program needs (Vercel's nft, for Next and Nitro).
    const require = createRequire(import.meta.url);
    acorn = compileOwn(() => require('acorn') as typeof Acorn);
    return acorn;
  } catch (error) {
    // A bundle may lack even more than the parser.
    threadEntry();
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    acorn = compileOwn(importedParser);
    if (acorn !== undefined) return acorn;
    throw new ThreadEntryMissingError(
      'acorn',
      'The package acorn is not there, by which heddle reads functions: it was left behind when the files of the program ' +
        'were gathered. Have node_modules/acorn gathered as well (Next.js: outputFileTracingIncludes, Nitro: ' +
        'externals.traceInclude), or install it.',
    );
  }
}

/**
 * The package has one file for `require` and one for `import`: who gathers files by the conditions of `import` alone, as Nitro
 * does, takes but the other. Undefined where that is not there either.
 */
function importedParser(): typeof Acorn | undefined {
  try {
    const load = createRequire(ownUrl);
    const manifest = load.resolve('acorn/package.json');
    const { module } = load(manifest) as { readonly module: string };
    return load(path.join(path.dirname(manifest), module)) as typeof Acorn;
  } catch {
    return undefined;
  }
}

/** Loads the parser ahead of the first text, and has it read some of itself: code that has run before runs faster. */
export function loadParser(): void {
  const { prototype } = loaded().Parser;
  for (const name of Object.getOwnPropertyNames(prototype).slice(0, PRACTICE)) {
    parse(`(${String(Object.getOwnPropertyDescriptor(prototype, name)?.value)})`, 'script');
  }
}

/**
 * Reads JavaScript into a syntax tree.
 *
 * What only makes sense in surroundings that a function's text does not show (`super`, private
 * names, `new.target`) is read as well: the analysis has words for it.
 *
 * @throws SyntaxError where the text is no JavaScript that the parser knows
 */
export function parse(source: string, sourceType: 'script' | 'module'): Acorn.Program {
  return loaded().parse(source, optionsFor(sourceType));
}

/** Reads the one expression that starts at `offset`; undefined where none does that the parser knows. */
export function parseExpressionAt(source: string, offset: number): Acorn.Expression | undefined {
  try {
    return loaded().parseExpressionAt(source, offset, { ...optionsFor('module'), allowAwaitOutsideFunction: true });
  } catch {
    return undefined;
  }
}

function optionsFor(sourceType: 'script' | 'module'): Acorn.Options {
  return {
    ecmaVersion: 'latest',
    sourceType,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  };
}
