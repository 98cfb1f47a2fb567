import { exportsOf } from './exports.ts';
import { bare, childrenOf, isFunction, isNode, nameOf, type Node } from './syntax.ts';

/** A variable: where it is declared, and by what. */
export interface Binding {
  readonly name: string;
  readonly scope: Scope;
  readonly kind: 'import' | 'function' | 'class' | 'enum' | 'const' | 'variable' | 'parameter';
  /** The statement, declarator or import specifier that makes it. */
  readonly declaration: Node;
  /** What it is made in, such as the `const` statement or the import declaration. */
  readonly statement: Node;
  /** Declared more than once, as TypeScript merges enums, and classes with namespaces. */
  readonly isMerged: boolean;
}

/** A place where a name stands for a variable. */
export interface Use {
  readonly node: Node;
  readonly name: string;
  readonly scope: Scope;
  readonly assigned: boolean;
  /** Something is put into a property of what the variable holds. */
  readonly changed?: boolean;
  /** Not written there: what JSX becomes a call of, where there is such a variable. */
  readonly implied?: boolean;
}

export class Scope {
  readonly parent: Scope | undefined;
  readonly node: Node;
  /** Whether `var` is declared here rather than further out. */
  readonly holdsVars: boolean;
  readonly bindings: Map<string, Binding> = new Map();

  constructor(node: Node, parent: Scope | undefined, holdsVars: boolean) {
    this.node = node;
    this.parent = parent;
    this.holdsVars = holdsVars;
  }

  find(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.parent?.find(name);
  }

  declare(name: string, kind: Binding['kind'], declaration: Node, statement: Node = declaration): void {
    const first = this.bindings.get(name);
    const made = first ?? { name, scope: this, kind, declaration, statement, isMerged: false };
    this.bindings.set(name, { ...made, isMerged: first !== undefined });
  }
}

/**
 * Every use of a variable in a program, with the scope it stands in.
 *
 * @param jsxFactories the variables that JSX may become calls of
 */
export function usesIn(
  program: Node,
  jsxFactories: readonly string[],
): {
  readonly root: Scope;
  readonly uses: readonly Use[];
} {
  const root = new Scope(program, undefined, true);
  const uses: Use[] = [];
  const namespaces = new Map<Scope, Map<string, Scope[]>>();
  walk(program, root, root);
  for (const ofName of namespaces.values()) for (const parts of ofName.values()) shareExports(parts);
  return { root, uses };

  function walk(node: Node, scope: Scope, vars: Scope): void {
    switch (node.type) {
      case 'ImportDeclaration':
        if (node['importKind'] === 'type') return;
        for (const specifier of node['specifiers'] as Node[]) {
          if (specifier['importKind'] !== 'type')
            scope.declare(nameOf(specifier['local'] as Node), 'import', specifier, node);
        }
        return;
      case 'ExportNamedDeclaration':
        if (isNode(node['declaration'])) walk(node['declaration'], scope, vars);
        return;
      case 'VariableDeclaration':
        return walkDeclaration(node, scope, vars);
      case 'TSEnumDeclaration':
        if (!node['declare']) scope.declare(nameOf(node['id'] as Node), 'enum', node);
        return walkEnum(node, scope);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return walkClass(node, scope);
      case 'BlockStatement':
      case 'StaticBlock':
      case 'ForStatement': {
        const inner = new Scope(node, scope, node.type === 'StaticBlock');
        return walkChildren(node, inner, inner.holdsVars ? inner : vars);
      }
      case 'SwitchStatement': {
        // What is compared does not see the variables of the cases.
        walk(node['discriminant'] as Node, scope, vars);
        const inner = new Scope(node, scope, false);
        for (const each of node['cases'] as Node[]) walk(each, inner, vars);
        return;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = new Scope(node, scope, false);
        const left = node['left'] as Node;
        if (left.type === 'VariableDeclaration') walk(left, inner, vars);
        else assign(left, inner, vars);
        walk(node['right'] as Node, inner, vars);
        return walk(node['body'] as Node, inner, vars);
      }
      case 'TSImportEqualsDeclaration':
        // What it holds is looked at when the program runs.
        return scope.declare(nameOf(node['id'] as Node), 'variable', node);
      case 'TSModuleDeclaration':
        return walkNamespace(node, scope);
      case 'TSEmptyBodyFunctionExpression':
        return;
      case 'CatchClause': {
        const inner = new Scope(node, scope, false);
        if (isNode(node['param'])) declarePattern(node['param'], inner, 'variable', node, node, inner, vars);
        return walk(node['body'] as Node, inner, vars);
      }
      case 'Identifier':
        uses.push({ node, name: nameOf(node), scope, assigned: false });
        return;
      case 'JSXIdentifier':
      case 'JSXClosingElement':
        return;
      case 'JSXElement':
      case 'JSXFragment':
        for (const name of jsxFactories) uses.push({ node, name, scope, assigned: false, implied: true });
        return walkChildren(node, scope, vars);
      case 'JSXOpeningElement': {
        const name = rootOfJsxName(node['name'] as Node);
        if (name !== undefined) uses.push({ node: name, name: nameOf(name), scope, assigned: false });
        return walkChildren(node, scope, vars);
      }
      case 'AssignmentExpression':
        assign(node['left'] as Node, scope, vars);
        return walk(node['right'] as Node, scope, vars);
      case 'UpdateExpression':
        return assign(node['argument'] as Node, scope, vars);
      case 'UnaryExpression':
        if (node['operator'] === 'delete') return assign(node['argument'] as Node, scope, vars);
        return walkChildren(node, scope, vars);
      case 'CallExpression': {
        const [first] = node['arguments'] as Node[];
        if (first !== undefined && changesItsArgument(bare(node['callee'] as Node))) change(first, scope);
        return walkChildren(node, scope, vars);
      }
      case 'MemberExpression':
        walk(node['object'] as Node, scope, vars);
        if (node['computed']) walk(node['property'] as Node, scope, vars);
        return;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
        for (const decorator of (node['decorators'] ?? []) as Node[]) walk(decorator, scope, vars);
        if (node['computed']) walk(node['key'] as Node, scope, vars);
        if (isNode(node['value'])) walk(node['value'], scope, vars);
        return;
      case 'LabeledStatement':
        return walk(node['body'] as Node, scope, vars);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'ExportAllDeclaration':
        return;
      default:
        if (isFunction(node)) walkFunction(node, scope);
        else walkChildren(node, scope, vars);
    }
  }

  function walkChildren(node: Node, scope: Scope, vars: Scope): void {
    for (const child of childrenOf(node)) walk(child, scope, vars);
  }

  function walkDeclaration(node: Node, scope: Scope, vars: Scope): void {
    if (node['declare']) return;
    const kind = node['kind'] === 'const' ? 'const' : 'variable';
    for (const declarator of node['declarations'] as Node[]) {
      const home = node['kind'] === 'var' ? vars : scope;
      declarePattern(declarator['id'] as Node, home, kind, declarator, node, scope, vars);
      if (isNode(declarator['init'])) walk(declarator['init'], scope, vars);
    }
  }

  function walkEnum(node: Node, scope: Scope): void {
    const inner = new Scope(node, scope, false);
    const body = (node['body'] ?? node) as Node;
    for (const member of (body['members'] ?? []) as Node[]) {
      inner.declare(nameOf(member['id'] as Node), 'const', member, node);
      if (isNode(member['initializer'])) walk(member['initializer'], inner, inner);
    }
  }

  function walkNamespace(node: Node, scope: Scope): void {
    const { id, body } = node;
    if (node['declare'] || !isNode(body)) return;
    if (isNode(id) && id.type === 'Identifier') scope.declare(nameOf(id), 'variable', node);
    const inner = new Scope(node, scope, true);
    if (isNode(id) && id.type === 'Identifier') {
      const ofName = namespaces.get(scope) ?? new Map<string, Scope[]>();
      namespaces.set(scope, ofName);
      ofName.set(nameOf(id), [...(ofName.get(nameOf(id)) ?? []), inner]);
    }
    walkChildren(body, inner, inner);
  }

  function walkClass(node: Node, scope: Scope): void {
    if (node['declare']) return;
    const id = node['id'];
    if (node.type === 'ClassDeclaration' && isNode(id)) scope.declare(nameOf(id), 'class', node);
    const inner = new Scope(node, scope, false);
    if (isNode(id)) inner.declare(nameOf(id), 'class', node);
    if (isNode(node['superClass'])) walk(node['superClass'], scope, scope);
    for (const decorator of (node['decorators'] ?? []) as Node[]) walk(decorator, scope, scope);
    walk(node['body'] as Node, inner, inner);
  }

  function walkFunction(node: Node, scope: Scope): void {
    const id = node['id'];
    if (node.type === 'FunctionDeclaration' && isNode(id)) scope.declare(nameOf(id), 'function', node);
    const inner = new Scope(node, scope, true);
    for (const parameter of node['params'] as Node[]) {
      for (const decorator of (parameter['decorators'] ?? []) as Node[]) walk(decorator, scope, scope);
      declarePattern(parameter, inner, 'parameter', parameter, parameter, inner, inner);
    }
    const { body } = node;
    if (isNode(body) && body.type === 'BlockStatement') {
      // What the parameters are given by default does not see the body's own variables.
      const vars = new Scope(body, inner, true);
      walkChildren(body, vars, vars);
    } else if (isNode(body)) walk(body, inner, inner);
    if (node.type === 'FunctionExpression' && isNode(id)) inner.declare(nameOf(id), 'function', node);
  }

  function declarePattern(
    pattern: Node,
    home: Scope,
    kind: Binding['kind'],
    declaration: Node,
    statement: Node,
    scope: Scope,
    vars: Scope,
  ): void {
    const again = (part: unknown): void => {
      if (isNode(part)) declarePattern(part, home, kind, declaration, statement, scope, vars);
    };
    switch (pattern.type) {
      case 'Identifier':
        return home.declare(nameOf(pattern), kind, declaration, statement);
      case 'AssignmentPattern':
        again(pattern['left']);
        return walk(pattern['right'] as Node, scope, vars);
      case 'ArrayPattern':
        return (pattern['elements'] as unknown[]).forEach(again);
      case 'RestElement':
        return again(pattern['argument']);
      case 'TSParameterProperty':
        return again(pattern['parameter']);
      case 'ObjectPattern':
        for (const property of pattern['properties'] as Node[]) {
          if (property['computed']) walk(property['key'] as Node, scope, vars);
          again(property.type === 'RestElement' ? property : property['value']);
        }
    }
  }

  function assign(asserted: Node, scope: Scope, vars: Scope): void {
    const target = bare(asserted);
    switch (target.type) {
      case 'Identifier':
        uses.push({ node: target, name: nameOf(target), scope, assigned: true });
        return;
      case 'ArrayPattern':
      case 'ObjectPattern':
        for (const part of childrenOf(target)) assign(part, scope, vars);
        return;
      case 'Property':
        if (target['computed']) walk(target['key'] as Node, scope, vars);
        return assign(target['value'] as Node, scope, vars);
      case 'RestElement':
        return assign(target['argument'] as Node, scope, vars);
      case 'AssignmentPattern':
        assign(target['left'] as Node, scope, vars);
        return walk(target['right'] as Node, scope, vars);
      case 'MemberExpression':
        change(target['object'] as Node, scope);
        return walk(target, scope, vars);
      default:
        walk(target, scope, vars);
    }
  }

  /** Notes that something is put into what an expression stands for, or into one of its members. */
  function change(asserted: Node, scope: Scope): void {
    const target = bare(asserted);
    if (target.type === 'MemberExpression') change(target['object'] as Node, scope);
    if (target.type === 'Identifier') {
      uses.push({ node: target, name: nameOf(target), scope, assigned: false, changed: true });
    }
  }
}

/** What one part of a namespace exports, its other parts have as variables. */
function shareExports(parts: readonly Scope[]): void {
  const exported = parts.flatMap((part) => {
    return [...exportsOf(part.node['body'] as Node).keys()].flatMap((name) => part.bindings.get(name) ?? []);
  });
  for (const part of parts) {
    for (const { name, declaration } of exported) {
      if (!part.bindings.has(name)) part.declare(name, 'variable', declaration);
    }
  }
}

const CHANGING: Readonly<Record<string, readonly string[]>> = {
  Object: ['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf'],
  Reflect: ['set', 'defineProperty', 'deleteProperty', 'setPrototypeOf'],
};

/** Whether a function of JavaScript's own puts something into what it is given first. */
function changesItsArgument(callee: Node): boolean {
  const object = callee['object'];
  if (callee.type !== 'MemberExpression' || !isNode(object) || object.type !== 'Identifier') return false;
  const names = Object.hasOwn(CHANGING, nameOf(object)) ? CHANGING[nameOf(object)] : [];
  return names?.includes(nameOf(callee['property'] as Node)) ?? false;
}

/**
 * The variable of an element's name; undefined for an element of the document, whose name begins with a small letter or
 * has a hyphen. A member's object is a variable by any name.
 */
function rootOfJsxName(node: Node, isObject = false): Node | undefined {
  if (node.type === 'JSXMemberExpression') return rootOfJsxName(node['object'] as Node, true);
  if (node.type !== 'JSXIdentifier' || nameOf(node) === 'this') return undefined;
  return isObject || !/^[a-z]|-/.test(nameOf(node)) ? node : undefined;
}
