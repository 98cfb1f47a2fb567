import type { AnyNode, Identifier, MemberExpression } from 'acorn';

/** The direct parts of a node, in the order of the text: of a table more than a call takes arguments, so do not spread them. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  // Every node of a program goes through here: a bundle has millions.
  for (const key in node) {
    const value: unknown = node[key as keyof AnyNode];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The identifiers that a pattern binds. */
export function namesIn(pattern: AnyNode | null | undefined): Identifier[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn);
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

/** `a.b['c'].d` taken apart; `steps` ends before the first key that only shows at run time. */
export interface MemberChain {
  readonly root: AnyNode;
  readonly steps: readonly string[];
  /** Whether a computed key cut the chain short. */
  readonly cut: boolean;
  /** The expressions in computed keys, and private names. */
  readonly keys: readonly AnyNode[];
}

export function memberChain(node: MemberExpression): MemberChain {
  const members: (string | undefined)[] = [];
  const keys: AnyNode[] = [];
  let at: AnyNode = node;
  while (at.type === 'MemberExpression' || at.type === 'ChainExpression') {
    if (at.type === 'ChainExpression') {
      at = at.expression;
      continue;
    }
    const key = staticKey(at);
    if (key === undefined) keys.push(at.property);
    members.unshift(key);
    at = at.object;
  }
  const unknown = members.indexOf(undefined);
  const steps = (unknown === -1 ? members : members.slice(0, unknown)) as string[];
  return { root: at, steps, cut: unknown !== -1, keys };
}

function staticKey({ computed, property }: MemberExpression): string | undefined {
  if (!computed) return property.type === 'Identifier' ? property.name : undefined;
  if (property.type !== 'Literal') return undefined;
  return typeof property.value === 'string' || typeof property.value === 'number' ? String(property.value) : undefined;
}
