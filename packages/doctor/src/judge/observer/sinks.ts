import { isChain, isFunction, list, type Node, part, type Path, plain } from './syntax.ts';

/** Where a value can be seen after a call. */
export type Sink =
  /** In a variable or a property, by this text. */
  | { readonly kind: 'variable'; readonly text: string }
  /** It is what the function around the call returns. */
  | { readonly kind: 'returned' }
  /** Nobody uses it. */
  | { readonly kind: 'unused' };

/** A call around another one. */
export interface Receiver {
  readonly callee: string;
  /** Which argument. */
  readonly index: number;
  /** Whether that is the result itself. */
  readonly isResult: boolean;
  readonly text: string;
}

/** What becomes of a call's result, as far as the syntax shows it. */
export interface Sinks {
  /** Where the result itself can be seen. */
  readonly result: Sink | undefined;
  /** The calls around it that get it as an argument, or what is made of it; the innermost first. */
  readonly receivers: readonly Receiver[];
  /** Where that can be seen which the program makes of it. */
  readonly derived: Sink | undefined;
  /** Whether it is waited for. */
  readonly isAwaited: boolean;
  /** The expression that the call is a part of: it is over where the code goes on behind it. */
  readonly whole: { readonly start: number; readonly end: number };
  /** What runs after the call has thrown, and not else. */
  readonly handlers: readonly { readonly start: number; readonly end: number }[];
}

/** What is called around the result and sees only a part of it, or makes something of it. */
const WITHIN = new Set([
  'MemberExpression',
  'CallExpression',
  'NewExpression',
  'BinaryExpression',
  'UnaryExpression',
  'TemplateLiteral',
  'ArrayExpression',
  'ObjectExpression',
  'Property',
  'SpreadElement',
  'AwaitExpression',
]);

export function sinksOf(path: Path, source: string): Sinks {
  const call = path.at(-1) as Node;
  let node: Node = call;
  let isDirect = true;
  let isAwaited = false;
  const receivers: Receiver[] = [];
  let sink: Sink | undefined;
  for (const parent of path.slice(0, -1).toReversed()) {
    if (passesOn(parent, node)) {
      node = parent;
      continue;
    }
    if (!WITHIN.has(parent.type)) {
      sink = sinkAt(parent, node, path, source);
      break;
    }
    const callee = part(parent, 'callee');
    if (!isAwaited && parent.type === 'CallExpression' && callee !== node && isChain(callee)) {
      const index = list(parent, 'arguments').indexOf(node);
      receivers.push({ callee: textOf(callee as Node, source), index, isResult: isDirect, text: textOf(node, source) });
    }
    // What is waited for is the result, seen later.
    if (isDirect && parent.type === 'AwaitExpression') isAwaited = true;
    else isDirect = false;
    node = parent;
  }
  return {
    result: isDirect ? sink : undefined,
    receivers,
    derived: isDirect ? undefined : sink,
    isAwaited,
    whole: { start: node.start, end: node.end },
    handlers: handlersAround(path),
  };
}

function textOf({ start, end }: Node, source: string): string {
  return source.slice(start, end);
}

/** Whether a node's value is that of the part. */
function passesOn(node: Node, inner: Node): boolean {
  switch (node.type) {
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return true;
    case 'ConditionalExpression':
      return part(node, 'test') !== inner;
    case 'LogicalExpression':
      return part(node, 'right') === inner;
    case 'SequenceExpression':
      return list(node, 'expressions').at(-1) === inner;
    default:
      return false;
  }
}

function sinkAt(parent: Node, node: Node, path: Path, source: string): Sink | undefined {
  switch (parent.type) {
    case 'VariableDeclarator':
      return variable(part(parent, 'id'), source);
    case 'AssignmentExpression':
      return plain(parent, 'operator') === '=' ? variable(part(parent, 'left'), source) : undefined;
    case 'ReturnStatement':
      return returned(path);
    case 'ArrowFunctionExpression':
      return part(parent, 'body') === node ? returned(path) : undefined;
    case 'ExpressionStatement':
      return { kind: 'unused' };
    default:
      return undefined;
  }
}

function variable(target: Node | undefined, source: string): Sink | undefined {
  if (target === undefined) return undefined;
  if (isChain(target)) return { kind: 'variable', text: textOf(target, source) };
  if (target.type !== 'ObjectPattern') return undefined;
  const names = list(target, 'properties').map((property) => part(property, 'value'));
  if (!names.every((name) => name?.type === 'Identifier')) return undefined;
  return { kind: 'variable', text: `[${names.map((name) => plain(name as Node, 'name')).join(', ')}]` };
}

/** What an async function or a generator returns is not what its caller gets. */
function returned(path: Path): Sink | undefined {
  const around = path.slice(0, -1).findLast(isFunction);
  if (around === undefined || plain(around, 'async') === true || plain(around, 'generator') === true) return undefined;
  return { kind: 'returned' };
}

function handlersAround(path: Path): Sinks['handlers'] {
  const from = path.findLastIndex(isFunction);
  return path.slice(from + 1).flatMap((node, index, inner) => {
    if (node.type !== 'TryStatement' || part(node, 'block') !== inner[index + 1]) return [];
    return [part(node, 'handler'), part(node, 'finalizer')].filter((handler) => handler !== undefined);
  });
}
