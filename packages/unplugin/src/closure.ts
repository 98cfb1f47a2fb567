import { foreignSyntax } from './foreign-syntax.ts';
import type { Obstacle } from './obstacle.ts';
import type { Binding, Scope, Use } from './scopes.ts';
import { bare, childrenOf, isFunction, isNode, type Node } from './syntax.ts';

/** All that a function needs in a thread. */
export interface Closure {
  readonly imports: readonly Binding[];
  /** What the module itself exports, by the local name. */
  readonly exported: readonly (readonly [local: string, exported: string])[];
  /** Functions, classes, enums and constants that are written again in the thread's module. */
  readonly declarations: readonly Binding[];
  /** Variables whose values come with each call. */
  readonly captured: readonly Captured[];
  /** The function itself, and what is written again with it. */
  readonly texts: readonly Node[];
}

export interface Captured {
  readonly name: string;
  /** Undefined for a global that the program may have made, or not. */
  readonly binding: Binding | undefined;
}

/** What a closure is looked at in. */
export interface Setting {
  /** Where the call stands that takes the function. */
  readonly callScope: Scope;
  readonly root: Scope;
  readonly uses: readonly Use[];
  /** What a thread's module can import of the module itself, by the local name. */
  readonly exported: ReadonlyMap<string, string>;
  /** Variables that the program puts something else into, or properties on what they hold. */
  readonly changed: ReadonlySet<Binding>;
}

// Newer versions of Node have more than the one that builds may have.
const GLOBALS = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  'WebSocket',
  'CloseEvent',
  'EventSource',
  'navigator',
  'Iterator',
  'Float16Array',
  'Temporal',
  'URLPattern',
]);

/** Follows what `f` uses, as deep as it goes. */
export function closureOf(f: Node, { callScope, root, uses, exported, changed }: Setting): Closure | Obstacle {
  const imports = new Map<string, Binding>();
  const own = new Map<string, string>();
  const declarations = new Map<string, Binding>();
  const captured = new Map<string, Captured>();
  const texts: Node[] = [f];
  const used = new Map<Node, Set<Binding>>();
  const changedFunctions = new Set([...changed].map(valueOf));

  for (const text of texts) {
    const obstacle = foreignSyntax(text, text === f);
    if (obstacle !== undefined) return obstacle;
    for (const use of uses) {
      if (!within(use.node, text)) continue;
      const binding = use.scope.find(use.name);
      if (binding === undefined) {
        const without = withoutBinding(use, text);
        if (without !== undefined) return without;
        // Its own `arguments` come with each call.
        if (use.name === 'arguments') continue;
        if (!use.implied && callScope.find(use.name) !== undefined) return isHidden(use, text);
        if (!use.implied && !GLOBALS.has(use.name)) captured.set(use.name, { name: use.name, binding: undefined });
        continue;
      }
      // In its own text, a function may have another name than outside.
      if (binding.scope.node === binding.declaration && changedFunctions.has(binding.declaration)) {
        if (isFunction(binding.declaration)) return isChanged(use, text);
      }
      // Its own variable, or one of a text that is written again as a whole.
      if (texts.some((whole) => within(binding.scope.node, whole))) continue;
      if (use.assigned) {
        return {
          code: 'HEDDLE_ASSIGNS_CAPTURED',
          node: use.node,
          text,
          message: `assigns to ${use.name}, a variable of its surroundings, where the change would be lost`,
        };
      }
      if (callScope.find(use.name) !== binding) return isHidden(use, text);
      const isExport = binding.scope === root && (isDefinition(binding) || f.type === 'MemberExpression');
      const exportedName = isExport ? exported.get(use.name) : undefined;
      if (binding.kind === 'import') imports.set(use.name, binding);
      else if (exportedName !== undefined) own.set(use.name, exportedName);
      else if (isCode(binding) && !(binding.kind === 'enum' && isComputed(binding, uses))) {
        if (binding.isMerged || changed.has(binding)) return isChanged(use, text);
        if (isNeededEarly(use, binding, text)) {
          return { node: use.node, text, message: `needs ${use.name} before it is declared` };
        }
        used.set(text, (used.get(text) ?? new Set()).add(binding));
        if (declarations.has(use.name)) continue;
        declarations.set(use.name, binding);
        if (binding.statement === f) continue;
        if (texts.some((other) => within(other, binding.statement))) {
          return { node: use.node, text, message: `uses ${use.name}, which surrounds it` };
        }
        texts.push(binding.statement);
      } else captured.set(use.name, { name: use.name, binding });
    }
  }
  for (const made of declarations.values()) {
    const late = neededTooEarly(made, used);
    if (late !== undefined) {
      const { statement } = made;
      return { node: statement, text: statement, message: `needs ${late.name} before it is declared` };
    }
  }
  // What a text that came later holds was taken for something from outside.
  for (const name of captured.keys()) {
    const binding = callScope.find(name);
    if (binding && texts.some((whole) => within(binding.scope.node, whole))) captured.delete(name);
  }
  return {
    // The order in which the program's module has them loaded.
    imports: [...imports.values()].sort((a, b) => a.declaration.start - b.declaration.start),
    exported: [...own],
    declarations: [...declarations.values()],
    captured: [...captured.values()],
    texts,
  };
}

/** The name stands for something else at the call. */
function isHidden({ name, node }: Use, text: Node): Obstacle {
  return { node, text, message: `reaches a ${name} that is not visible at the call` };
}

function isChanged({ name, node }: Use, text: Node): Obstacle {
  return { node, text, message: `uses ${name}, which is changed` };
}

function within(node: Node, outer: Node): boolean {
  return outer.start <= node.start && node.end <= outer.end;
}

/** What stands in the way where a name is no variable of the module. */
function withoutBinding({ name, node, assigned }: Use, text: Node): Obstacle | undefined {
  // CommonJS gives each file its own of these.
  if (name === 'arguments' && !bindsArguments(text, node)) {
    return { code: 'HEDDLE_CAPTURES_THIS', node, text, message: 'uses the arguments of its surroundings' };
  }
  if (/^(?:require|module|exports|__filename|__dirname)$/.test(name)) {
    return { node, text, message: `uses ${name} of its file` };
  }
  return assigned ? { node, text, message: `assigns to ${name}, which is global` } : undefined;
}

/** Whether a declaration means the same wherever it is written: code, or a constant that is plain to see. */
function isCode(binding: Binding): boolean {
  if (isDefinition(binding) || binding.kind === 'enum') return true;
  const value = onlyInitialiser(binding);
  return value?.type === 'Literal';
}

/** Whether the values of an enum are those of the moment when it is made. */
function isComputed({ statement, isMerged }: Binding, uses: readonly Use[]): boolean {
  if (isMerged) return false;
  const used = uses.filter(({ node }) => within(node, statement)).map(({ scope, name }) => scope.find(name));
  return callsWhileMade(statement) || used.some((binding) => /^(?:variable|parameter)$/.test(binding?.kind ?? ''));
}

function isDefinition(binding: Binding): boolean {
  if (binding.kind === 'function' || binding.kind === 'class') return true;
  const value = onlyInitialiser(binding);
  return value !== undefined && (isFunction(value) || value.type === 'ClassExpression');
}

/** The function or class that a variable holds by its declaration. */
function valueOf(binding: Binding): Node | undefined {
  const isNamed = binding.kind === 'function' || binding.kind === 'class';
  return isNamed ? binding.declaration : onlyInitialiser(binding);
}

/** What a constant is, where its statement makes nothing else. */
export function onlyInitialiser({ kind, declaration, statement }: Binding): Node | undefined {
  if (kind !== 'const' || (statement['declarations'] as Node[] | undefined)?.length !== 1) return undefined;
  if ((declaration['id'] as Node).type !== 'Identifier') return undefined;
  const { init } = declaration;
  return isNode(init) ? bare(init) : undefined;
}

/** Whether a class or an enum uses, while it is made, what its text in the thread's module comes before. */
function isNeededEarly(use: Use, { kind, statement }: Binding, text: Node): boolean {
  if (kind === 'function' || statement.start < text.start) return false;
  if (isFunction(text) || (text.type === 'VariableDeclaration' && !holdsClass(text))) return false;
  for (let at: Scope | undefined = use.scope; at !== undefined && within(at.node, text); at = at.parent) {
    if (isFunction(at.node)) return false;
  }
  return true;
}

/**
 * What a class or an enum may reach while it is made, by the functions that it calls, before that is declared. In the
 * scope of its own that were as much too early in the program.
 */
function neededTooEarly(
  { scope, statement }: Binding,
  used: ReadonlyMap<Node, ReadonlySet<Binding>>,
): Binding | undefined {
  if (!callsWhileMade(statement)) return undefined;
  const reached = new Set(used.get(statement));
  for (const binding of reached) {
    const isLater = binding.kind !== 'function' && binding.statement.start > statement.start;
    if (isLater && binding.scope !== scope) return binding;
    for (const next of used.get(binding.statement) ?? []) reached.add(next);
  }
  return undefined;
}

function callsWhileMade(node: Node): boolean {
  if (isFunction(node) || (node.type === 'PropertyDefinition' && !node['static'] && !node['computed'])) return false;
  return CALLS.has(node.type) || [...childrenOf(node)].some(callsWhileMade);
}

const CALLS = new Set(['CallExpression', 'NewExpression', 'TaggedTemplateExpression', 'Decorator']);

function holdsClass(statement: Node): boolean {
  const [declarator] = statement['declarations'] as Node[];
  const init = declarator?.['init'];
  return isNode(init) && bare(init).type === 'ClassExpression';
}

function bindsArguments(text: Node, use: Node): boolean {
  if (!within(use, text)) return false;
  if (isFunction(text) && text.type !== 'ArrowFunctionExpression') return true;
  return [...childrenOf(text)].some((child) => bindsArguments(child, use));
}
