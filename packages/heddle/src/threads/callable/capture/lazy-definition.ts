import type { AnyNode, Identifier } from 'acorn';
import type { FunctionOrClass } from './literal-text.ts';
import { childrenOf } from './syntax.ts';

/**
 * Whether a function that assigns to `name`, the variable it is in itself, is one that is defined when it is first called,
 * as helpers of compilers are: it gives what the function gives that it puts in its own place, so that each copy of it may
 * do so again. One that does otherwise the next time is none of these.
 */
export function isLazyDefinition(root: FunctionOrClass, name: string): boolean {
  const isItself = (node: AnyNode | null | undefined): boolean => node?.type === 'Identifier' && node.name === name;
  const given = new Set<string>();
  const givenByOther = new Set<string>();
  let replacesItself = false;
  let callsOther = false;
  for (const node of ownCode(root)) {
    if (node.type === 'AssignmentExpression' && isItself(node.left)) {
      replacesItself = true;
      for (const { name: variable } of returnedBy(node.right)) givenByOther.add(variable);
    }
    if (node.type === 'CallExpression') {
      const { callee } = node;
      const called = callee.type === 'MemberExpression' ? callee.object : callee;
      if (isItself(called.type === 'AssignmentExpression' ? called.left : called)) callsOther = true;
    }
    if (node.type === 'ReturnStatement') for (const { name: variable } of lastOf(node.argument)) given.add(variable);
  }
  // Regenerator returns the object that its replacement returns from then on, and so does who remembers what was worked out.
  return replacesItself && (callsOther || [...given].some((variable) => givenByOther.has(variable)));
}

/** The nodes of a function without those of the functions and classes in it; these themselves are among them. */
function* ownCode(root: AnyNode): Generator<AnyNode> {
  const open = childrenOf(root);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    if (!/Function|Class/.test(node.type)) for (const child of childrenOf(node)) open.push(child);
  }
}

function returnedBy(node: AnyNode): readonly Identifier[] {
  if (!/Function/.test(node.type)) return [];
  if (node.type === 'ArrowFunctionExpression' && node.expression) return lastOf(node.body);
  return [...ownCode(node)].flatMap((part) => (part.type === 'ReturnStatement' ? lastOf(part.argument) : []));
}

/** The variable whose value an expression gives, if it gives one as it is. */
function lastOf(node: AnyNode | null | undefined): readonly Identifier[] {
  if (node?.type === 'SequenceExpression') return lastOf(node.expressions.at(-1));
  return node?.type === 'Identifier' ? [node] : [];
}
