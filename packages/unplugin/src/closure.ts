import type { Binding, Scope, Use } from './scopes.ts';
import { bare, childrenOf, isFunction, isNode, type Node } from './syntax.ts';

/** All that a function needs in a thread. */
export interface Closure {
  readonly imports: readonly Binding[];
  /** Functions, classes, enums and constants that are written again in the thread's module. */
  readonly declarations: readonly Binding[];
  /** Variables whose values come with each call. */
  readonly captured: readonly string[];
}

/** Why a function cannot have a module of its own. */
export interface Obstacle {
  /** The code under which the same function would be refused at run time; without one, run time may still do it. */
  readonly code?:
    | 'HEDDLE_ASSIGNS_CAPTURED'
    | 'HEDDLE_CAPTURES_THIS'
    | 'HEDDLE_CAPTURES_PRIVATE'
    | 'HEDDLE_USES_EVAL'
    | 'HEDDLE_IMPORT_META';
  readonly node: Node;
  readonly message: string;
}

/** Follows what `f` uses, as deep as it goes. */
export function closureOf(f: Node, callScope: Scope, uses: readonly Use[]): Closure | Obstacle {
  const imports = new Map<string, Binding>();
  const declarations = new Map<string, Binding>();
  const captured = new Map<string, Binding>();
  const texts: Node[] = [f];
  const within = (node: Node, outer: Node): boolean => outer.start <= node.start && node.end <= outer.end;

  for (const text of texts) {
    const obstacle = foreignSyntax(text);
    if (obstacle !== undefined) return obstacle;
    for (const use of uses) {
      if (!within(use.node, text)) continue;
      const binding = use.scope.find(use.name);
      if (binding === undefined) {
        if (use.name === 'eval') return { code: 'HEDDLE_USES_EVAL', node: use.node, message: 'uses eval' };
        // CommonJS gives each file its own of these.
        if (use.name === 'arguments' && !bindsArguments(text, use.node)) return surroundings(use.node, 'arguments');
        if (/^(?:require|module|exports|__filename|__dirname)$/.test(use.name)) {
          return { node: use.node, message: `uses ${use.name} of its file` };
        }
        continue;
      }
      // Its own variable, or one of a text that is written again as a whole.
      if (texts.some((whole) => within(binding.scope.node, whole))) continue;
      if (use.assigned) {
        return {
          code: 'HEDDLE_ASSIGNS_CAPTURED',
          node: use.node,
          message: `assigns to ${use.name}, a variable of its surroundings, where the change would be lost`,
        };
      }
      if (callScope.find(use.name) !== binding) {
        return { node: use.node, message: `reaches a ${use.name} that is not visible at the call` };
      }
      if (binding.kind === 'import') imports.set(use.name, binding);
      else if (binding.statement === f || binding.declaration === f) declarations.set(use.name, binding);
      else if (isCode(binding)) {
        if (!declarations.has(use.name)) texts.push(binding.statement);
        declarations.set(use.name, binding);
      } else captured.set(use.name, binding);
    }
  }
  return { imports: [...imports.values()], declarations: [...declarations.values()], captured: [...captured.keys()] };
}

/** Whether a declaration means the same wherever it is written: code, or a constant that is plain to see. */
function isCode({ kind, declaration, statement }: Binding): boolean {
  if (kind === 'function' || kind === 'class' || kind === 'enum') return true;
  if (kind !== 'const' || (statement['declarations'] as Node[] | undefined)?.length !== 1) return false;
  if ((declaration['id'] as Node).type !== 'Identifier') return false;
  const { init } = declaration;
  if (!isNode(init)) return false;
  const value = bare(init);
  return isFunction(value) || value.type === 'ClassExpression' || value.type === 'Literal';
}

/** What belongs to the place the text stands in: this, super, new.target, import.meta, private names. */
function foreignSyntax(text: Node): Obstacle | undefined {
  const visit = (node: Node, ownThis: boolean, inClass: boolean): Obstacle | undefined => {
    switch (node.type) {
      case 'ThisExpression':
        if (!ownThis) return surroundings(node, 'this');
        break;
      case 'Super':
        if (!inClass) return surroundings(node, 'super');
        break;
      case 'PrivateIdentifier':
        if (!inClass) {
          return { code: 'HEDDLE_CAPTURES_PRIVATE', node, message: `uses the private member #${String(node['name'])}` };
        }
        break;
      case 'MetaProperty':
        if ((node['meta'] as Node)['name'] === 'import') {
          return { code: 'HEDDLE_IMPORT_META', node, message: 'uses import.meta, which belongs to its own module' };
        }
        if (!ownThis) return surroundings(node, 'new.target');
    }
    const own = ownThis || (isFunction(node) && node.type !== 'ArrowFunctionExpression');
    const isClass = node.type === 'ClassBody';
    for (const child of childrenOf(node)) {
      const obstacle = visit(child, own || isClass, inClass || isClass || node.type === 'ObjectExpression');
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  };
  return visit(text, false, false);
}

function bindsArguments(text: Node, use: Node): boolean {
  if (text.start > use.start || text.end < use.end) return false;
  if (isFunction(text) && text.type !== 'ArrowFunctionExpression') return true;
  return [...childrenOf(text)].some((child) => bindsArguments(child, use));
}

function surroundings(node: Node, what: string): Obstacle {
  return { code: 'HEDDLE_CAPTURES_THIS', node, message: `uses the ${what} of its surroundings` };
}
