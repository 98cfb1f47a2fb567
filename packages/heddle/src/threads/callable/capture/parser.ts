import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

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
  // The parser is loaded when the first function is captured: most programs never need it.
  // Bundlers know it by this very expression.
  acorn ??= createRequire(import.meta.url)('acorn') as typeof Acorn;
  return acorn.parse(source, {
    ecmaVersion: 'latest',
    sourceType,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  });
}
