import { outermost, type Parents } from './parts.ts';
import type { Binding, Use } from './scopes.ts';
import { bare, isFunction, isNode, nameOf, type Node } from './syntax.ts';

/**
 * Variables that the program puts something else into, or properties on what they hold: by itself, or, as
 * `inherits(Derived, Base)` and `define(Loom.prototype, …)` do it, through code that gets hold of what objects
 * made by a function have behind them.
 */
export function changedBindings(uses: readonly Use[], parents: Parents): Set<Binding> {
  const changed = bindingsOf(uses.filter(isWrittenTo));
  const read = uses.filter((use) => !isWrittenTo(use));
  for (const binding of bindingsOf(read.filter(({ node }) => givesPrototype(node, parents)))) changed.add(binding);
  const made = bindingsOf(read.filter(({ node }) => isMade(node, parents)));
  for (const binding of bindingsOf(read.filter(({ node }) => isGivenAway(node, parents)))) {
    // A class has its prototype for good, with what its text says.
    if (made.has(binding) && holdsFunction(binding)) changed.add(binding);
  }
  return changed;
}

export function bindingsOf(uses: readonly Use[]): Set<Binding> {
  const bindings = uses.map(({ scope, name }) => scope.find(name));
  return new Set(bindings.filter((binding) => binding !== undefined));
}

function isWrittenTo({ assigned, changed }: Use): boolean {
  return assigned || changed === true;
}

/** Whether the prototype of what a variable holds gets to other code, rather than being looked at. */
function givesPrototype(use: Node, parents: Parents): boolean {
  const member = outermost(use, parents);
  if (member?.type !== 'MemberExpression' || member['computed'] || bare(member['object'] as Node) !== use) return false;
  return nameOf(member['property'] as Node) === 'prototype' && isGivenAway(member, parents);
}

/** Whether an expression is an argument, or becomes the value of something else. */
function isGivenAway(value: Node, parents: Parents): boolean {
  const user = outermost(value, parents);
  switch (user?.type) {
    case 'CallExpression':
    case 'NewExpression':
      return bare(user['callee'] as Node) !== value && !isOfObject(bare(user['callee'] as Node));
    case 'VariableDeclarator':
      return isNode(user['init']) && bare(user['init']) === value;
    case 'AssignmentExpression':
      return bare(user['right'] as Node) === value;
    default:
      return false;
  }
}

// Those that change what they are given are known by their names.
function isOfObject(callee: Node): boolean {
  const { object } = callee;
  return callee.type === 'MemberExpression' && isNode(object) && /^(?:Object|Reflect)$/.test(nameOf(object));
}

function isMade(use: Node, parents: Parents): boolean {
  const user = outermost(use, parents);
  return user?.type === 'NewExpression' && bare(user['callee'] as Node) === use;
}

function holdsFunction({ kind, declaration }: Binding): boolean {
  const { init } = declaration;
  return kind === 'function' || (isNode(init) && isFunction(bare(init)));
}
