import type { AnyNode, Class } from 'acorn';
import { childrenOf } from './syntax.ts';

/** What a class extends, as it stands in its text. */
export interface Parent {
  /** The name that stands for it in the text that travels. */
  readonly name: string;
  /** Offsets into the class's text. */
  readonly start: number;
  readonly end: number;
}

/**
 * The expression that a class extends. It ran when the class was made, and what it used then need not be there any
 * more; what it gave is the class's prototype.
 *
 * @param offset where the class's text starts in the offsets of `node`
 */
export function parentOf({ superClass }: Class, text: string, offset: number): Parent | undefined {
  if (!superClass || (superClass.type === 'Literal' && superClass.value === null)) return undefined;
  // One character, since the expression may be no longer.
  const name = ['$', '_', ...'ªµºçðøþ'].find((letter) => !text.includes(letter));
  return name === undefined ? undefined : { name, start: superClass.start - offset, end: superClass.end - offset };
}

/** The names in those parts of a class that run when it is made: static parts, computed keys, what it extends. */
export function namesNeededAtOnce({ superClass, body }: Class, parent: Parent | undefined): string[] {
  const open: AnyNode[] = superClass && parent === undefined ? [superClass] : [];
  for (const member of body.body) {
    if (member.type === 'StaticBlock') open.push(...member.body);
    if (member.type === 'PropertyDefinition' && member.static && member.value) open.push(member.value);
  }
  return [...(parent === undefined ? [] : [parent.name]), ...namesWithin(open), ...namesInKeys(body)];
}

/** The names in the computed keys of a class's members. */
export function namesInKeys({ body }: Class['body']): string[] {
  return namesWithin(body.flatMap((member) => ('computed' in member && member.computed ? [member.key] : [])));
}

function namesWithin(nodes: readonly AnyNode[]): string[] {
  const names = new Set<string>();
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Identifier') names.add(node.name);
    open.push(...childrenOf(node));
  }
  return [...names];
}
