import type { AnyNode } from 'acorn';
import { childrenOf } from './syntax.ts';

/** What TypeScript and esbuild make of async functions for versions of the language that have none. */
const COMPILED = /^__(?:awaiter|async|asyncGenerator)$/;

/**
 * Whether a call has a compiler's `this` that nobody uses: `__awaiter(this, void 0, void 0, function* () { ... })` is an
 * async function, and hands its `this` on to one that has the text of it.
 */
export function hasUnusedThis(callee: AnyNode, args: readonly AnyNode[]): boolean {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  if (name.type !== 'Identifier' || !COMPILED.test(name.name) || args[0]?.type !== 'ThisExpression') return false;
  const text = args.at(-1);
  return text?.type === 'FunctionExpression' && text.generator && !usesThis([text.body, ...text.params]);
}

function usesThis(nodes: readonly AnyNode[]): boolean {
  return nodes.some((node) => {
    if (node.type === 'ThisExpression' || node.type === 'Super') return true;
    // These have one of their own. What stands in the keys of a class and after its `extends`, has not.
    if (node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration') return false;
    return usesThis(childrenOf(node));
  });
}
