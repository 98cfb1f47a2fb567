import { childrenOf, isFunction, isNode, type Node } from './syntax.ts';

/** A variable: where it is declared, and by what. */
export interface Binding {
  readonly name: string;
  readonly scope: Scope;
  readonly kind: 'import' | 'function' | 'class' | 'enum' | 'const' | 'variable' | 'parameter';
  /** The statement, declarator or import specifier that makes it. */
  readonly declaration: Node;
  /** What it is made in, such as the `const` statement or the import declaration. */
  readonly statement: Node;
}

/** A place where a name stands for a variable. */
export interface Use {
  readonly node: Node;
  readonly name: string;
  readonly scope: Scope;
  readonly assigned: boolean;
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
    if (!this.bindings.has(name)) this.bindings.set(name, { name, scope: this, kind, declaration, statement });
  }
}

/** Every use of a variable in a program, with the scope it stands in. */
export function usesIn(program: Node): { readonly root: Scope; readonly uses: readonly Use[] } {
  const root = new Scope(program, undefined, true);
  const uses: Use[] = [];
  walk(program, root, root);
  return { root, uses };

  function walk(node: Node, scope: Scope, vars: Scope): void {
    switch (node.type) {
      case 'ImportDeclaration':
        if (node['importKind'] === 'type') return;
        for (const specifier of node['specifiers'] as Node[]) {
          if (specifier['importKind'] !== 'type') scope.declare(nameOf(specifier['local']), 'import', specifier, node);
        }
        return;
      case 'ExportNamedDeclaration':
        if (isNode(node['declaration'])) walk(node['declaration'], scope, vars);
        return;
      case 'VariableDeclaration':
        return walkDeclaration(node, scope, vars);
      case 'TSEnumDeclaration':
        if (!node['declare']) scope.declare(nameOf(node['id']), 'enum', node);
        return walkEnum(node, scope);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return walkClass(node, scope);
      case 'BlockStatement':
      case 'StaticBlock':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement': {
        const inner = new Scope(node, scope, node.type === 'StaticBlock');
        return walkChildren(node, inner, inner.holdsVars ? inner : vars);
      }
      case 'CatchClause': {
        const inner = new Scope(node, scope, false);
        if (isNode(node['param'])) declarePattern(node['param'], inner, 'variable', node, node, inner, vars);
        return walk(node['body'] as Node, inner, vars);
      }
      case 'Identifier':
        uses.push({ node, name: nameOf(node), scope, assigned: false });
        return;
      case 'JSXIdentifier':
        return;
      case 'AssignmentExpression':
        assign(node['left'] as Node, scope, vars);
        return walk(node['right'] as Node, scope, vars);
      case 'UpdateExpression':
        return assign(node['argument'] as Node, scope, vars);
      case 'MemberExpression':
        walk(node['object'] as Node, scope, vars);
        if (node['computed']) walk(node['property'] as Node, scope, vars);
        return;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
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
      inner.declare(nameOf(member['id']), 'const', member, node);
      if (isNode(member['initializer'])) walk(member['initializer'], inner, inner);
    }
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
      declarePattern(parameter, inner, 'parameter', parameter, parameter, inner, inner);
    }
    if (isNode(node['body'])) walk(node['body'], inner, inner);
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

  function assign(target: Node, scope: Scope, vars: Scope): void {
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
      default:
        walk(target, scope, vars);
    }
  }
}

function nameOf(node: unknown): string {
  return String((node as Node)['name'] ?? (node as Node)['value']);
}
