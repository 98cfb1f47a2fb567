import MagicString, { type SourceMap } from 'magic-string';
import { parseSync } from 'oxc-parser';
import { deferredArguments } from './calls.ts';
import { type Closure, closureOf, type Obstacle } from './closure.ts';
import { type Scope, type Use, usesIn } from './scopes.ts';
import { bare, isFunction, type Node } from './syntax.ts';

/** A call that the build can tell no thread will be able to run. */
export interface BuildError {
  readonly code: NonNullable<Obstacle['code']>;
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What became of a module. */
export interface Hoisted {
  /** The texts of the modules for threads; each exports `$0`, which makes the function from the captured values. */
  readonly modules: readonly string[];
  readonly errors: readonly BuildError[];
  /** The module itself, its deferred functions with the address that `addressOf` gives as an expression. */
  readonly rewrite: (addressOf: (index: number) => string) => { readonly code: string; readonly map: SourceMap };
}

export interface HoistOptions {
  /** Whether functions that are imported or exported get modules too: in a bundle they lose their own. */
  readonly bundled: boolean;
}

/** Takes the deferred functions out of a module; undefined where there are none. */
export function hoist(code: string, file: string, { bundled }: HoistOptions): Hoisted | undefined {
  // Reading a module costs 0.3 ms a kilobyte; most have nothing to do with threads.
  if (!/['"]heddle(?:\/threads)?['"]/.test(code) || !code.includes('defer')) return undefined;
  const { program, errors: mistakes } = parseSync(file, code, { preserveParens: false });
  // Whoever compiles the module says it better.
  if (mistakes.length > 0) return undefined;
  const tree = program as unknown as Node;
  const { root, uses } = usesIn(tree);
  const scopes = new Map(uses.map(({ node, scope }) => [node, scope]));
  const scopeOf = (node: Node): Scope => scopes.get(node) ?? root;

  const places: Node[] = [];
  const closures: (Closure & { readonly f: Node; readonly name: string })[] = [];
  const errors: BuildError[] = [];
  for (const argument of deferredArguments(tree, scopeOf)) {
    const target = bare(argument);
    const named = target.type === 'Identifier' ? namedFunction(target, scopeOf(target), bundled) : undefined;
    const f = target.type === 'Identifier' ? named : isFunction(target) ? target : undefined;
    if (f === undefined) continue;
    const closure = closureOf(f, innermostScope(argument, uses, root), uses);
    if (!('node' in closure)) {
      closures.push({ ...closure, f, name: target.type === 'Identifier' ? String(target['name']) : '' });
      places.push(argument);
    } else if (closure.code !== undefined) errors.push(buildError(closure, closure.code, f, code, file));
  }
  if (places.length === 0 && errors.length === 0) return undefined;

  return {
    errors,
    modules: closures.map((closure) => moduleText(code, closure)),
    rewrite: (addressOf) => {
      const text = new MagicString(code);
      const importEnd = code.startsWith('#!') ? code.indexOf('\n') + 1 : 0;
      text.appendLeft(importEnd, "import { addressed as $heddleAddressed } from 'heddle/addressed';");
      places.forEach((place, index) => {
        const captured = closures[index]?.captured.join(', ') ?? '';
        text.appendLeft(place.start, '$heddleAddressed(');
        text.prependRight(place.end, `, ${addressOf(index)}, '$0', () => [${captured}])`);
      });
      return {
        code: text.toString(),
        map: text.generateMap({ source: file, includeContent: true, hires: 'boundary' }),
      };
    },
  };
}

/** The function or declaration that a name stands for. */
function namedFunction(identifier: Node, scope: Scope, bundled: boolean): Node | undefined {
  const binding = scope.find(String(identifier['name']));
  if (binding === undefined) return undefined;
  // Outside of a bundle they are found where they are: by the module that gives them.
  if (binding.kind === 'import') return bundled ? identifier : undefined;
  if (binding.kind === 'function') return binding.declaration;
  const init = binding.declaration['init'] as Node | null | undefined;
  return binding.kind === 'const' && init && isFunction(bare(init)) ? binding.statement : undefined;
}

/** The scope in which the argument itself is evaluated. */
function innermostScope(argument: Node, uses: readonly Use[], root: Scope): Scope {
  let best = root;
  for (const { scope } of uses) {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const { start, end } = at.node;
      const surrounds = start <= argument.start && argument.end <= end && at.node !== argument;
      if (surrounds && end - start < best.node.end - best.node.start) best = at;
    }
  }
  return best;
}

/** The closure's texts where they stood, all else blank: lines and columns stay those of the source. */
function moduleText(
  code: string,
  { f, name, imports, declarations, captured }: Closure & { f: Node; name: string },
): string {
  const text = code.replace(/[^\r\n]/g, ' ').split('');
  const put = ({ start, end }: Node): void => {
    for (let at = start; at < end; at += 1) text[at] = code[at] as string;
  };
  for (const { statement } of declarations) put(statement);
  const isDeclared = name !== '';
  if (f.type !== 'Identifier') put(f);
  if (!isDeclared) {
    // Into the blanks before the function, or at the end of a line before it, so that nothing moves.
    const prefix = 'var $f=(';
    const lineStart = code.lastIndexOf('\n', f.start - 1) + 1;
    const blank = text.slice(lineStart, f.start);
    const fits = blank.length >= prefix.length && blank.slice(-prefix.length).every((letter) => letter === ' ');
    if (fits) text.splice(f.start - prefix.length, prefix.length, ...prefix);
    else if (lineStart > 0 && blank.every((letter) => letter === ' ')) text[lineStart - 1] = `${prefix}\n`;
    else text[f.start] = `${prefix}${text[f.start]}`;
    text[f.end - 1] += ');';
  }
  const head = imports.map(({ declaration, statement }) => importOf(code, declaration, statement)).join('');
  const made = isDeclared ? name : '$f';
  return `${head}export const $0 = (${captured.join(', ')}) => {${text.join('').replace(/\s+$/, '')}\nreturn ${made};};\n`;
}

function importOf(code: string, specifier: Node, statement: Node): string {
  const text = code.slice(specifier.start, specifier.end);
  const source = statement['source'] as Node;
  const attributes = code.slice(source.end, statement.end).replace(/;\s*$/, '');
  const clause = specifier.type === 'ImportSpecifier' ? `{ ${text} }` : text;
  return `import ${clause} from ${code.slice(source.start, source.end)}${attributes};`;
}

function buildError(obstacle: Obstacle, code: BuildError['code'], f: Node, text: string, file: string): BuildError {
  const before = text.slice(0, obstacle.node.start).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const id = f['id'] as Node | null | undefined;
  const who = id ? String(id['name']) : 'A function that runs in a thread';
  return {
    code,
    file,
    line,
    column,
    message: `${code}: ${who} (${file}:${line}:${column}) ${obstacle.message}. Pass it what it needs as arguments.`,
  };
}
