import MagicString, { type SourceMap } from 'magic-string';
import { parseSync } from 'oxc-parser';
import { deferredArguments } from './calls.ts';
import { bindingsOf, changedBindings } from './changed-bindings.ts';
import { type Captured, closureOf, onlyInitialiser } from './closure.ts';
import { exportsOf } from './exports.ts';
import { mayDefer } from './may-defer.ts';
import type { Obstacle } from './obstacle.ts';
import { type Parents, parentsIn, partsRead, partsText } from './parts.ts';
import { type Binding, type Scope, type Use, usesIn } from './scopes.ts';
import { bare, isFunction, isNode, nameOf, type Node } from './syntax.ts';
import { type Hoistable, type ThreadModule, threadModule, unusedName } from './thread-module.ts';

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
  readonly modules: readonly ThreadModule[];
  readonly errors: readonly BuildError[];
  /**
   * The module itself, its deferred functions with the address that `addressOf` gives as an expression. What that uses,
   * `imported` imports, before all else: other modules of a cycle may call the functions before this one has begun.
   */
  readonly rewrite: (
    addressOf: (index: number) => string,
    imported?: string,
  ) => { readonly code: string; readonly map: SourceMap };
}

export interface HoistOptions {
  /**
   * What a thread's module imports the module itself as; undefined where no thread may run it, because it is, or may
   * be, the program's entry.
   */
  readonly own: string | undefined;
}

/** What a rewritten module imports. */
export const ADDRESSED = 'heddle/addressed';

/** What JSX becomes calls of where the compiler's settings say so, which are not known here. */
const CALLED: readonly string[] = ['h', 'createElement'];
const FACTORIES: readonly string[] = [...CALLED, 'Fragment'];

/** Takes the deferred functions out of a module; undefined where there are none. */
export function hoist(code: string, file: string, { own }: HoistOptions): Hoisted | undefined {
  if (!mayDefer(code)) return undefined;
  const { program, errors: mistakes } = parseSync(file, code, { preserveParens: false });
  // Whoever compiles the module says it better.
  if (mistakes.length > 0) return undefined;
  const tree = program as unknown as Node;
  includeDecorators(tree);
  const pragmas = code.match(/\/\*(?:(?!\*\/)[^])*?@jsx[^]*?\*\//g) ?? [];
  const named = pragmas.flatMap(jsxFactories);
  const { root, uses: all } = usesIn(tree, [...new Set(['React', ...FACTORIES, ...named])]);
  // Deeper in the module, a variable of so short a name has nothing to do with JSX.
  const isFar = ({ name, scope }: Use): boolean => scope.find(name)?.scope !== root;
  const uses = all.filter(
    (use) => !(use.implied && FACTORIES.includes(use.name) && !named.includes(use.name) && isFar(use)),
  );
  const scopes = new Map(uses.map(({ node, scope }) => [node, scope]));
  const scopeOf = (node: Node): Scope => scopes.get(node) ?? root;
  const allExported = exportsOf(tree);
  const exported = own === undefined ? new Map<string, string>() : allExported;

  const parents = parentsIn(tree);
  const setting = { root, uses, exported, changed: changedBindings(uses, parents) };
  const replaced = bindingsOf(uses.filter(({ assigned }) => assigned));
  const places: Node[] = [];
  const hoistables: Hoistable[] = [];
  const errors: BuildError[] = [];
  for (const argument of deferredArguments(tree, scopeOf)) {
    const target = bare(argument);
    const name = target.type === 'Identifier' ? String(target['name']) : '';
    const f = name === '' ? target : namedFunction(target, scopeOf(target), { exported, replaced });
    if (f === undefined || !(isFunction(f) || name !== '' || isLoadable(f, scopeOf, exported))) continue;
    const closure = closureOf(f, { ...setting, callScope: innermostScope(argument, uses, root) });
    if (!('node' in closure)) {
      hoistables.push({ ...closure, f, name });
      places.push(argument);
    } else if (closure.code !== undefined && !allExported.has(declaredName(closure.text) ?? name)) {
      // What is exported may be the module's own in the thread, when the program runs.
      errors.push(buildError(closure, closure.code, f, code, file));
    }
  }
  if (places.length === 0 && errors.length === 0) return undefined;

  const partsOf = unusedName('$heddlePartsOf', code);
  const readings = hoistables.map((hoistable) => readingOf(hoistable, { uses, parents, partsOf }));
  const surroundings = { code, file, own, pragmas };
  return {
    errors,
    modules: hoistables.map((hoistable) => threadModule(surroundings, hoistable)),
    rewrite: (addressOf, imported = '') => {
      const text = new MagicString(code);
      const addressed = unusedName('$heddleAddressed', code);
      const url = unusedName('$heddleUrl', code);
      // Comments before the first statement may be meant for compilers.
      const start = firstStatement(tree);
      const parts = readings.some((reading) => reading.startsWith(`${partsOf}(`)) ? `, partsOf as ${partsOf}` : '';
      text.appendLeft(start, `${imported}import { addressed as ${addressed}${parts} } from '${ADDRESSED}';`);
      // What surrounds a call may be captured at run time, and a thread gets no further than to the text of a URL. A
      // variable of the old kind: a function that is called before its module has got so far has no address yet.
      text.appendLeft(
        start,
        `var ${places.map((_place, index) => `${url}${index} = ${addressOf(index)}`).join(', ')};`,
      );
      places.forEach((place, index) => {
        const key = parents.get(place)?.['shorthand'] === true ? `${nameOf(place)}: ` : '';
        text.appendLeft(place.start, `${key}${addressed}(`);
        text.prependRight(place.end, `, ${url}${index}, '$0', () => ${readings[index]})`);
      });
      return {
        code: text.toString(),
        map: text.generateMap({ source: file, includeContent: true, hires: 'boundary' }),
      };
    },
  };
}

/** The expression that gives the values of the captured variables, or what is needed of them. */
function readingOf(
  { captured, texts }: Hoistable,
  { uses, parents, partsOf }: { uses: readonly Use[]; parents: Parents; partsOf: string },
): string {
  const values = captured.map((one) => {
    const { name, binding } = one;
    // What is not there is undefined, as `typeof` says it, and as the function will find it.
    if (binding === undefined) return `typeof ${name} === 'undefined' ? undefined : ${name}`;
    // What is an object cannot be called, has nothing to do with JSX, and need not be such as can be sent.
    const isGuessed = CALLED.includes(name) && usesOf(one, texts, uses).every(({ implied }) => implied);
    return isGuessed ? `typeof ${name} === 'object' ? undefined : ${name}` : name;
  });
  const parts = captured.map((one) => {
    if (one.binding === undefined) return undefined;
    return partsRead(
      usesOf(one, texts, uses).map(({ node }) => node),
      parents,
    );
  });
  const all = `[${values.join(', ')}]`;
  if (parts.every((read) => read === undefined)) return all;
  return `${partsOf}(${all}, [${parts.map((read) => (read === undefined ? 1 : partsText(read))).join(', ')}])`;
}

function usesOf({ name, binding }: Captured, texts: Hoistable['texts'], uses: readonly Use[]): Use[] {
  return uses.filter(
    ({ node, name: used, scope }) =>
      used === name &&
      texts.some((text) => text.start <= node.start && node.end <= text.end) &&
      scope.find(name) === binding,
  );
}

/** The function or declaration that a name stands for; the name itself where a thread can import that. */
function namedFunction(
  identifier: Node,
  scope: Scope,
  { exported, replaced }: { exported: ReadonlyMap<string, string>; replaced: ReadonlySet<Binding> },
): Node | undefined {
  const binding = scope.find(String(identifier['name']));
  if (binding === undefined) return undefined;
  if (binding.kind === 'import') return identifier;
  if (binding.isMerged) return undefined;
  const init = binding.declaration['init'];
  const isFunctionName =
    binding.kind === 'function' || (binding.kind === 'const' && isNode(init) && isFunction(bare(init)));
  if (!isFunctionName) return undefined;
  if (binding.scope.parent === undefined && exported.has(binding.name)) return identifier;
  if (replaced.has(binding)) return undefined;
  // The rest of the statement would be made once more.
  if (binding.kind === 'const' && onlyInitialiser(binding) === undefined) return undefined;
  return binding.kind === 'function' ? binding.declaration : binding.statement;
}

/** Whether an expression is a member of what a thread's module can import, or of a global object. */
function isLoadable(node: Node, scopeOf: (node: Node) => Scope, exported: ReadonlyMap<string, string>): boolean {
  if (node.type !== 'MemberExpression' || node['computed'] || node['optional']) return false;
  const object = node['object'] as Node;
  if (object.type !== 'Identifier') return isLoadable(object, scopeOf, exported);
  const binding = scopeOf(object).find(nameOf(object));
  if (binding === undefined) return isOfPlatform(node);
  return binding.kind === 'import' || (binding.scope.parent === undefined && exported.has(binding.name));
}

/** Whether a member of a global object is there without the program, which may have put others into it. */
function isOfPlatform(node: Node): boolean {
  return valueOf(node) !== undefined;

  function valueOf(at: Node): unknown {
    if (at.type === 'Identifier')
      return Object.hasOwn(globalThis, nameOf(at)) ? Reflect.get(globalThis, nameOf(at)) : undefined;
    const object = valueOf(at['object'] as Node);
    return object === undefined || object === null
      ? undefined
      : Reflect.get(Object(object), nameOf(at['property'] as Node));
  }
}

/** The variable that a declaration makes. */
function declaredName(text: Node): string | undefined {
  const [declarator] = (text['declarations'] ?? []) as Node[];
  const id = text['id'] ?? declarator?.['id'];
  return isNode(id) ? nameOf(id) : undefined;
}

/** In `@sealed export class Loom {}` the decorators belong to the class, and stand before the statement. */
function includeDecorators(program: Node): void {
  for (const { declaration } of program['body'] as Node[]) {
    const decorators = ((isNode(declaration) && declaration['decorators']) || []) as Node[];
    const [first] = decorators;
    const last = decorators.at(-1);
    if (!isNode(declaration) || first === undefined || last === undefined || first.start > declaration.start) continue;
    Object.assign(declaration, { start: first.start, exportedBetween: [last.end, declaration.start] });
  }
}

function firstStatement(program: Node): number {
  const body = program['body'] as Node[];
  const first = body.find((statement) => typeof statement['directive'] !== 'string');
  const declared = first?.['declaration'];
  return Math.min(first?.start ?? program.end, isNode(declared) ? declared.start : program.end);
}

function jsxFactories(pragma: string): string[] {
  return Array.from(pragma.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g), ([, name = '']) => name);
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
