import MagicString, { type SourceMap } from 'magic-string';
import type { Captured, Closure } from './closure.ts';
import type { Binding } from './scopes.ts';
import type { Node } from './syntax.ts';

/** A module for threads: its export `$0` makes the function from the captured values. */
export interface ThreadModule {
  readonly code: string;
  /** The same of two modules of a file, however far within others they are, where they make the same function. */
  readonly key: string;
  /** From the module to the source that it was taken from. */
  readonly map: () => SourceMap;
}

export interface Hoistable extends Closure {
  /** What makes the function: an expression, a declaration, or the name of what is imported. */
  readonly f: Node;
  /** The variable that holds it; empty for an expression. */
  readonly name: string;
}

/** How a module is written for whom it is imported by: the thread's module. */
export interface Surroundings {
  readonly code: string;
  readonly file: string;
  /** What the thread's module imports the whole module as. */
  readonly own: string | undefined;
  /** Comments that tell compilers what JSX means. */
  readonly pragmas: readonly string[];
}

/** The closure's texts where they stood, all else blank: lines and columns stay those of the source. */
export function threadModule({ code, file, own, pragmas }: Surroundings, hoistable: Hoistable): ThreadModule {
  const { f, name, imports, exported, declarations, captured } = hoistable;
  const isExpression = name === '';
  const made = isExpression ? unusedName('$f', code) : name;
  const texts = new Set(declarations.map(({ statement }) => statement));
  if (f.type !== 'Identifier') texts.add(f);
  const kept = [...texts].sort((a, b) => a.start - b.start);

  const text = new MagicString(code);
  // The comma keeps the variable's name from becoming the function's. A member is called on its object.
  const isMember = f.type === 'MemberExpression';
  const given = unusedName('$', code);
  const prefix = isMember ? `var ${made}=(...${given})=>(` : `var ${made}=(0,`;
  let end = 0;
  for (const node of kept) {
    const gap = blank(code.slice(end, node.start));
    const before = isExpression && node === f ? withPrefix(gap, prefix) : gap;
    if (gap === '') text.appendLeft(node.start, before);
    else text.update(end, node.start, before);
    const [from, to] = (node['exportedBetween'] ?? []) as number[];
    if (from !== undefined && to !== undefined) text.update(from, to, blank(code.slice(from, to)));
    // In the program, another statement may end it: the `for` whose first part it is.
    if (node.type === 'VariableDeclaration') text.appendLeft(node.end, ';');
    ({ end } = node);
  }
  if (isExpression) text.appendLeft(f.end, isMember ? `)(...${given});` : ');');
  if (end < code.length) text.remove(end, code.length);
  const head = [
    ...pragmas.map(blankLineEnds),
    ...imports.map((binding) => importOf(code, binding)),
    ...exported.map(([local, as]) => `import { ${exportName(as)} as ${local} } from ${JSON.stringify(own)};`),
  ].join('');
  const factory = unusedName('$0', code);
  const exportAs = factory === '$0' ? '' : `export { ${factory} as $0 };`;
  text.prepend(
    `${head}${exportAs === '' ? 'export ' : exportAs}const ${factory} = (${captured.map(parameterOf).join(', ')}) => {`,
  );
  text.append(`\nreturn ${made};};\n`);
  return {
    code: text.toString(),
    key: JSON.stringify([
      head,
      f.type,
      name,
      captured.map(parameterOf),
      kept.map(({ start, end }) => code.slice(start, end)),
    ]),
    map: () => text.generateMap({ source: file, includeContent: true, hires: 'boundary' }),
  };
}

// Plug-ins that put a text in the place of a global's name (`replace` of Rollup's) leave alone what is assigned to.
function parameterOf({ name, binding }: Captured): string {
  return binding === undefined ? `${name} = undefined` : name;
}

/** A name that the text does not have yet. */
export function unusedName(wanted: string, code: string): string {
  return code.includes(wanted) ? unusedName(`${wanted}$`, code) : wanted;
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

// Into the blanks before the function, or at the end of a line before it, so that nothing moves.
function withPrefix(gap: string, prefix: string): string {
  const lineStart = gap.lastIndexOf('\n') + 1;
  if (gap.length - lineStart >= prefix.length) return gap.slice(0, -prefix.length) + prefix;
  if (lineStart === 0) return gap + prefix;
  const lineEnd = gap.endsWith('\r', lineStart - 1) ? lineStart - 2 : lineStart - 1;
  return `${gap.slice(0, lineEnd)};${prefix}${gap.slice(lineEnd)}`;
}

/** An export may have any text for its name. */
function exportName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name) ? name : JSON.stringify(name);
}

// All that comes before the texts is one line, and theirs stay those of the source.
function importOf(code: string, { name, declaration: specifier, statement }: Binding): string {
  const textOf = ({ start, end }: Node): string => code.slice(start, end);
  const attributes = ((statement['attributes'] ?? []) as Node[]).map(textOf).map(blankLineEnds);
  const given = attributes.length === 0 ? '' : ` with { ${attributes.join(', ')} }`;
  return `import ${clauseOf(specifier)} from ${textOf(statement['source'] as Node)}${given};`;

  function clauseOf({ type, imported }: Node): string {
    if (type === 'ImportSpecifier') return `{ ${textOf(imported as Node)} as ${name} }`;
    return type === 'ImportNamespaceSpecifier' ? `* as ${name}` : name;
  }
}

function blankLineEnds(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
