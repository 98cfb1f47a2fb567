import type { Binding, Scope } from './scopes.ts';
import { bare, childrenOf, isNode, nameOf, type Node } from './syntax.ts';

/** What programs import what defers as. */
export const HEDDLE: ReadonlySet<string> = new Set(['heddle', 'heddle/threads']);

/** Finds the calls whose callee comes from an import of heddle, and gives their function arguments. */
export function deferredArguments(program: Node, scopeOf: (node: Node) => Scope): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression') {
      const index = functionIndex(bare(node['callee'] as Node), scopeOf);
      const argument = index === undefined ? undefined : (node['arguments'] as Node[])[index];
      if (argument !== undefined && argument.type !== 'SpreadElement') found.push(argument);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return found;
}

/** At which place a callee of heddle's takes the function; undefined of any other callee. */
function functionIndex(callee: Node, scopeOf: (node: Node) => Scope): number | undefined {
  const name = importedName(callee, scopeOf);
  if (name === 'deferToThread') return 0;
  if (name === 'deferToThreadPool') return 1;
  if (memberName(callee) === 'defer') return isPool(bare(callee['object'] as Node), scopeOf) ? 0 : undefined;
  return isUnderOptions(constantOf(callee, scopeOf), scopeOf) ? 0 : undefined;
}

/** `deferToThread.with(options)`. */
function isUnderOptions(node: Node, scopeOf: (node: Node) => Scope): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = bare(node['callee'] as Node);
  return memberName(callee) === 'with' && importedName(bare(callee['object'] as Node), scopeOf) === 'deferToThread';
}

/** What a constant was made as, where an expression is the name of one. */
function constantOf(node: Node, scopeOf: (node: Node) => Scope): Node {
  if (node.type !== 'Identifier') return node;
  const binding = scopeOf(node).find(nameOf(node));
  const init = binding?.kind === 'const' && isNamed(binding) ? binding.declaration['init'] : undefined;
  return isNode(init) ? bare(init) : node;
}

function isNamed({ declaration }: Binding): boolean {
  return isNode(declaration['id']) && declaration['id'].type === 'Identifier';
}

function isPool(node: Node, scopeOf: (node: Node) => Scope): boolean {
  if (node.type === 'CallExpression') {
    const callee = bare(node['callee'] as Node);
    if (memberName(callee) === 'with') return isPool(bare(callee['object'] as Node), scopeOf);
    return memberName(callee) === 'getThreadPool' && importedName(callee['object'] as Node, scopeOf) === 'reactor';
  }
  if (node.type === 'NewExpression') return importedName(node['callee'] as Node, scopeOf) === 'ThreadPool';
  const constant = constantOf(node, scopeOf);
  return constant !== node && isPool(constant, scopeOf);
}

/** The name under which heddle exports what an expression stands for. */
function importedName(node: Node, scopeOf: (node: Node) => Scope): string | undefined {
  if (node.type === 'Identifier') {
    const binding = scopeOf(node).find(String(node['name']));
    return binding && isOfHeddle(binding) && binding.declaration.type === 'ImportSpecifier'
      ? nameOf(binding.declaration['imported'] as Node)
      : undefined;
  }
  const member = memberName(node);
  if (member === undefined || (node['object'] as Node).type !== 'Identifier') return undefined;
  const object = node['object'] as Node;
  const binding = scopeOf(object).find(String(object['name']));
  const isNamespace = binding && isOfHeddle(binding) && binding.declaration.type === 'ImportNamespaceSpecifier';
  return isNamespace ? member : undefined;
}

function isOfHeddle({ kind, statement }: Binding): boolean {
  return kind === 'import' && HEDDLE.has(String((statement['source'] as Node)['value']));
}

function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node['computed']) return undefined;
  return String((node['property'] as Node)['name']);
}
