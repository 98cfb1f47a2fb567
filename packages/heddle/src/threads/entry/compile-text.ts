import type { CapturedText } from '../wire/captured.ts';

/** Makes the function for one job from the values of its bindings, and takes others for them later. */
export type CompiledText = (...values: unknown[]) => {
  readonly f: Function;
  readonly bind: (values: readonly unknown[]) => void;
};

/** What makes an expression of a text. */
const AROUND: Readonly<Record<CapturedText['form'], readonly [open: string, close: string]>> = {
  function: ['(', ')'],
  class: ['(', ')'],
  method: ['Object.values({', '})[0]'],
  getter: ['Object.values(Object.getOwnPropertyDescriptors({', '}))[0].get'],
  setter: ['Object.values(Object.getOwnPropertyDescriptors({', '}))[0].set'],
};

/**
 * Compiles a captured text under the name and at the position that it has in its source, so that
 * stacks and breakpoints point there; by the script's source map they lead to its source.
 */
export function compileText({
  text,
  form,
  strict,
  script,
  line,
  column,
  bindings,
  sourceMapUrl,
}: CapturedText): CompiledText {
  const names = bindings.map(({ name }) => name);
  const values = unusedName(names);
  const bind = `(${values}) => {${names.map((name, index) => `${name} = ${values}[${index}];`).join('')}}`;
  const [open, close] = AROUND[form];
  const before = `${strict ? "'use strict'; " : ''}return { f: ${open}`;
  const comment = sourceMapUrl === undefined ? '' : `\n//# sourceMappingURL=${sourceMapUrl}`;
  // Looked up late: most threads compile nothing.
  const { compileFunction } = process.getBuiltinModule('node:vm');
  // What stands before the text on its first line does not count.
  return compileFunction(`${before}${text}\n${close}, bind: ${bind} };${comment}`, names, {
    filename: script,
    lineOffset: line,
    columnOffset: column - before.length,
  }) as CompiledText;
}

function unusedName(names: readonly string[]): string {
  let name = '$values';
  while (names.includes(name)) name += '$';
  return name;
}
