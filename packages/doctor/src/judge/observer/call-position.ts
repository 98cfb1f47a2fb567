import { type Node, part, plain } from './syntax.ts';

/** Where V8 says that a call is: at the last name before the brackets; where there is none, at the bracket; at `new`. */
export function positionOf(node: Node, source: string): number {
  if (node.type === 'NewExpression') return node.start;
  const callee = part(node, 'callee') as Node;
  if (callee.type === 'Identifier') return callee.start;
  const property = part(callee, 'property');
  const isNamed = callee.type === 'MemberExpression' && plain(callee, 'computed') !== true;
  if (isNamed && property !== undefined && plain(node, 'optional') !== true) return property.start;
  return source.indexOf('(', callee.end);
}
