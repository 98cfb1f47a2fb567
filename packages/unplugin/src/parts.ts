import { childrenOf, isNode, type Node, nameOf } from './syntax.ts';

/**
 * The properties that are read of a value, of `req.body.text` and `req.url`: `{ body: { text }, url }`. By their keys as
 * they are written: minifiers that give properties other names leave those in quotes alone.
 */
export type Parts = Map<string, Parts>;

/** What surrounds each node. */
export type Parents = ReadonlyMap<Node, Node>;

export function parentsIn(root: Node): Parents {
  const parents = new Map<Node, Node>();
  const visit = (node: Node): void => {
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      visit(child);
    }
  };
  visit(root);
  return parents;
}

/** What is read of a variable's value at all the places where it is used; undefined where the value itself is needed. */
export function partsRead(uses: readonly Node[], parents: Parents): Parts | undefined {
  const parts: Parts = new Map();
  const ends: Parts[] = [];
  const paths = uses.map((use) => stepsFrom(use, parents));
  const dotted = new Set(paths.flat());
  for (const steps of paths) {
    if (steps.length === 0 || steps.some((step) => unquoted(step) === '__proto__')) return undefined;
    let at = parts;
    for (const written of steps) {
      const step = dotted.has(unquoted(written)) ? unquoted(written) : written;
      const next: Parts = at.get(step) ?? new Map();
      at.set(step, next);
      at = next;
    }
    ends.push(at);
  }
  // What is used as such comes as a whole, whatever else is read of it.
  for (const end of ends) end.clear();
  return parts;
}

/** The parts as an expression: `{ body: { text: 1 }, url: 1 }`. */
export function partsText(parts: Parts): string {
  const entries = [...parts].map(([key, inner]) => `${key}: ${inner.size === 0 ? 1 : partsText(inner)}`);
  return `{ ${entries.join(', ')} }`;
}

function unquoted(key: string): string {
  return key.startsWith('"') ? JSON.parse(key) : key;
}

function stepsFrom(use: Node, parents: Parents): string[] {
  const steps: string[] = [];
  let at = use;
  for (;;) {
    const member = outermost(at, parents);
    const step = member && stepOf(member, at, parents);
    if (member === undefined || step === undefined) return steps;
    steps.push(step);
    at = member;
  }
}

/** The parent, past what TypeScript only says of the types, and the end of a chain, as in `(loom?.weave)()`. */
export function outermost(node: Node, parents: Parents): Node | undefined {
  const parent = parents.get(node);
  const isPassed = parent?.type.startsWith('TS') || parent?.type === 'ChainExpression';
  return parent && isPassed && parent['expression'] === node ? outermost(parent, parents) : parent;
}

function stepOf(member: Node, object: Node, parents: Parents): string | undefined {
  if (member.type !== 'MemberExpression' || !isWithin(object, member['object'])) return undefined;
  const property = member['property'] as Node;
  const isNamed = member['computed'] ? typeof property['value'] === 'string' : property.type === 'Identifier';
  if (!isNamed) return undefined;
  const user = outermost(member, parents);
  if (user !== undefined && needsObject(user, member, parents)) return undefined;
  return member['computed'] ? JSON.stringify(property['value']) : nameOf(property);
}

/** Whether what surrounds a member needs its object: to call the method on it, or to write into it. */
function needsObject(user: Node, member: Node, parents: Parents): boolean {
  switch (user.type) {
    case 'CallExpression':
      return isWithin(member, user['callee']);
    case 'TaggedTemplateExpression':
      return isWithin(member, user['tag']);
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'AssignmentPattern':
      return isWithin(member, user['left']);
    case 'UnaryExpression':
      return user['operator'] === 'delete';
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    case 'Property':
      return parents.get(user)?.type === 'ObjectPattern';
    default:
      return false;
  }
}

function isWithin(node: Node, outer: unknown): boolean {
  return isNode(outer) && outer.start <= node.start && node.end <= outer.end;
}
