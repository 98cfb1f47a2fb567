import type { CapturedText } from '../../wire/captured.ts';
import { type Counted, countedText, functionIn } from './counted-text.ts';
import { unusedName } from './unused-name.ts';

/** Makes the function for one job from the values of its bindings, and takes others for them later. */
export type CompiledText = (...values: unknown[]) => {
  readonly f: Function;
  readonly bind: (values: readonly unknown[]) => void;
};

/** What makes an expression of a text: methods and accessors stand in an object. The text may give all names another meaning. */
const AROUND: Readonly<Record<CapturedText['form'], readonly [open: string, close: string]>> = {
  function: ['(', ')'],
  class: ['(', ')'],
  method: ['{', '}'],
  getter: ['{', '}'],
  setter: ['{', '}'],
};

/**
 * Compiles a captured text under the name and at the position that it has in its source, so that
 * stacks and breakpoints point there; by the script's source map they lead to its source.
 */
export function compileText(captured: CapturedText): CompiledText {
  const { text, form, strict, script, line, column, bindings, sourceMapUrl, offsets } = captured;
  const names = bindings.map(({ name }) => name);
  const compile = (before: string, after: string, filename: string): Function =>
    // Looked up late: most threads compile nothing.
    process.getBuiltinModule('node:vm').compileFunction(before + text + after, names, {
      filename,
      lineOffset: line,
      // What stands before the text on its first line does not count.
      columnOffset: column - before.length,
    });
  if (offsets !== undefined) {
    const { before, after, filename } = countedText(captured, offsets);
    const compiled = compile(before, after, filename) as (...values: unknown[]) => Counted;
    return (...values) => {
      const [bind, holder] = compiled(...values);
      return { f: functionIn(holder), bind };
    };
  }
  const values = unusedName('$values', (name) => names.includes(name));
  const bind = `(${values}) => {${names.map((name, index) => `${name} = ${values}[${index}];`).join('')}}`;
  const [open, close] = AROUND[form];
  const before = `${strict ? "'use strict'; " : ''}return { f: ${open}`;
  const comment = sourceMapUrl === undefined ? '' : `\n//# sourceMappingURL=${sourceMapUrl}`;
  const compiled = compile(before, `\n${close}, bind: ${bind} };${comment}`, script) as CompiledText;
  if (form === 'function' || form === 'class') return compiled;
  return (...values) => {
    const { f: holder, bind: bindLater } = compiled(...values);
    return { f: functionIn(holder), bind: bindLater };
  };
}
