import type { AnyNode, Class } from 'acorn';
import { childrenOf } from './syntax.ts';

/** The names in those parts of a class that run when it is made: what it extends, static parts, computed keys. */
export function namesNeededAtOnce({ superClass, body }: Class): string[] {
  const names = new Set<string>();
  const open: AnyNode[] = superClass === null || superClass === undefined ? [] : [superClass];
  for (const member of body.body) {
    if (member.type === 'StaticBlock') open.push(...member.body);
    else if (member.computed) open.push(member.key);
    if (member.type === 'PropertyDefinition' && member.static && member.value) open.push(member.value);
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Identifier') names.add(node.name);
    open.push(...childrenOf(node));
  }
  return [...names];
}
