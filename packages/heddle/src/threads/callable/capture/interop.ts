import type { AnyNode } from 'acorn';
import type { FunctionOrClass } from './literal-text.ts';
import { childrenOf, namesIn } from './syntax.ts';

// What compilers put around a `require`: TypeScript `__importStar`, Babel `_interopRequireDefault`, esbuild `__toESM`.
const INTEROP = /^_+(?:import(?:Default|Star)|interop\w+|toESM)$/;

/** Whether a function of this name gives what it is given as a module: the compilers' names for it are known. */
export function isInterop(name: string): boolean {
  return INTEROP.test(name);
}

/**
 * The `import()` in what tsx makes of one: `import('./name').then((m) => …)`, where that gives the module itself, or what a
 * compiler has made the `default` of a CommonJS file.
 */
export function withoutInterop(node: AnyNode): AnyNode {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return node;
  const { object, property } = node.callee;
  const [then] = node.arguments;
  const isThen = property.type === 'Identifier' && property.name === 'then' && node.arguments.length === 1;
  return isThen && object.type === 'ImportExpression' && then && asksForEsModule(then) ? object : node;
}

function asksForEsModule(root: AnyNode): boolean {
  const open: AnyNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Literal' && node.value === '__esModule') return true;
    open.push(...childrenOf(node));
  }
  return false;
}

/**
 * The variables outside of a compiler's function in which it keeps what it has made of modules, as Babel's
 * `_interopRequireWildcard` does in `cache = new WeakMap()`. It knows modules by their identity, and each thread has its own:
 * one that begins with nothing gives the same.
 */
export function memoriesOfInterop(root: FunctionOrClass): ReadonlySet<string> {
  const memories = new Set<string>();
  if (root.type !== 'FunctionExpression' || !isInterop(root.id?.name ?? '')) return memories;
  const others = new Set<string>();
  const open: AnyNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'AssignmentExpression') {
      const found = node.operator === '=' && isNewMemory(node.right) ? memories : others;
      for (const { name } of namesIn(node.left)) found.add(name);
    }
    open.push(...childrenOf(node));
  }
  for (const name of others) memories.delete(name);
  return memories;
}

function isNewMemory(node: AnyNode): boolean {
  return node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'WeakMap';
}
