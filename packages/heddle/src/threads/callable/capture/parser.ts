import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';
import { threadEntry } from '../../thread-entry.ts';

let acorn: typeof Acorn | undefined;

/**
 * Reads JavaScript into a syntax tree.
 *
 * What only makes sense in surroundings that a function's text does not show (`super`, private
 * names, `new.target`) is read as well: the analysis has words for it.
 *
 * @throws SyntaxError where the text is no JavaScript that the parser knows
 */
export function parse(source: string, sourceType: 'script' | 'module'): Acorn.Program {
  acorn ??= loadParser();
  return acorn.parse(source, {
    ecmaVersion: 'latest',
    sourceType,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  });
}

/**
 * Loads the parser: when the first function is captured, since most programs never need it.
 *
 * @throws ThreadEntryMissingError in a bundle that lacks even more than the parser
 */
function loadParser(): typeof Acorn {
  try {
    // Bundlers know it by this very expression.
    return createRequire(import.meta.url)('acorn') as typeof Acorn;
  } catch (error) {
    threadEntry();
    throw error;
  }
}
