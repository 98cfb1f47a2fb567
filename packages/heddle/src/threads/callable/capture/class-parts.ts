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

/**
 * The names in those parts of a class that run when it is made: static parts, computed keys, what it extends. What stands
 * in functions there runs when they are called.
 */
export function namesNeededAtOnce({ superClass, body }: Class, parent: Parent | undefined): string[] {
  const open: AnyNode[] = superClass && parent === undefined ? [superClass] : [];
  for (const member of body.body) {
    if (member.type === 'StaticBlock') open.push(...member.body);
    if (member.type === 'PropertyDefinition' && member.static && member.value) open.push(member.value);
  }
  return [...(parent === undefined ? [] : [parent.name]), ...namesWithin(open, isFunction), ...namesInKeys(body)];
}

/** Whether any code of a class runs when it is made, besides what it extends. */
export function runsCode({ body }: Class): boolean {
  return body.body.some(
    (member) =>
      member.type === 'StaticBlock' || member.computed || (member.type === 'PropertyDefinition' && member.static),
  );
}

function isFunction(node: AnyNode): boolean {
  return 'params' in node;
}

/** The names in the computed keys of a class's members. */
export function namesInKeys({ body }: Class['body']): string[] {
  return namesWithin(body.flatMap((member) => ('computed' in member && member.computed ? [member.key] : [])));
}

export function namesWithin(nodes: readonly AnyNode[], isLeftOut: (node: AnyNode) => boolean = () => false): string[] {
  const names = new Set<string>();
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isLeftOut(node)) continue;
    if (node.type === 'Identifier') names.add(node.name);
    for (const child of childrenOf(node)) open.push(child);
  }
  return [...names];
}

/** What a class has by its text, so that it has it in the thread as well. */
export interface ClassMembers {
  /** The names of its own properties; undefined where the text does not tell all of them. */
  readonly own: ReadonlySet<string> | undefined;
  /** The names on its prototype. */
  readonly inherited: ReadonlySet<string> | undefined;
  /** Its methods and accessors, whose text is a part of its own. */
  readonly methods: readonly { readonly name: string; readonly isStatic: boolean }[];
  readonly hasParent: boolean;
  /** Whether it has values of its own, private ones included: the thread has them as the text says. */
  readonly hasStaticValues: boolean;
}

export function membersOf({ superClass, body: { body } }: Class): ClassMembers {
  const own = new Set<string>();
  const inherited = new Set<string>();
  const methods: { name: string; isStatic: boolean }[] = [];
  // A static part that runs may put anything on the class, and a computed key may be any.
  let tellsOwn = true;
  let tellsInherited = true;
  for (const member of body) {
    if (member.type === 'StaticBlock') tellsOwn = false;
    else if (member.computed) {
      if (member.static) tellsOwn = false;
      else tellsInherited = false;
    } else if (member.key.type !== 'PrivateIdentifier' && (member.static || member.type === 'MethodDefinition')) {
      const { key } = member;
      const name = key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value);
      (member.static ? own : inherited).add(name);
      if (member.type === 'MethodDefinition') methods.push({ name, isStatic: member.static });
    }
  }
  const hasStaticValues = body.some(
    (member) => member.type === 'StaticBlock' || (member.type === 'PropertyDefinition' && member.static),
  );
  return {
    own: tellsOwn ? own : undefined,
    inherited: tellsInherited ? inherited : undefined,
    methods,
    hasParent: Boolean(superClass),
    hasStaticValues,
  };
}
