import type { AnyNode, Function as FunctionNode, Program } from 'acorn';
import type { FunctionOrClass } from './literal-text.ts';
import { childrenOf } from './syntax.ts';

/** A stretch of a text, by its offsets. */
export type Stretch = readonly [start: number, end: number];

/** The parts of a script that are strict code, as all of a module is: classes, and functions that ask for it. */
export function strictParts(program: Program): readonly Stretch[] {
  if (hasUseStrict(program.body)) return [[program.start, program.end]];
  const parts: Stretch[] = [];
  const open: AnyNode[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isStrict(node)) parts.push([node.start, node.end]);
    else for (const child of childrenOf(node)) open.push(child);
  }
  return parts;
}

/** Whether this makes code strict, whatever is around it. */
export function isStrict(node: AnyNode | FunctionNode): boolean {
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return true;
  return 'body' in node && isBlock(node.body) && hasUseStrict(node.body.body);
}

/**
 * Whether a function, of which Node does not tell in which mode it is, may do otherwise in sloppy code than in strict code:
 * by the `this` of functions in it, by `arguments`, by functions in blocks. Not by assignments to what is read-only: it
 * gets copies, which are not.
 */
export function hasHiddenMode(root: FunctionOrClass): boolean {
  if (root.type === 'FunctionExpression' && !root.async && !root.generator) return false;
  const open: { readonly node: AnyNode; readonly ownThis: boolean; readonly isBody: boolean }[] = [
    { node: root, ownThis: false, isBody: false },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, ownThis, isBody } = next;
    if (isStrict(node)) continue;
    if ((node.type === 'ThisExpression' && ownThis) || (node.type === 'Identifier' && node.name === 'arguments')) {
      return true;
    }
    const isFunction = FUNCTION.test(node.type);
    const isInner = ownThis || (isFunction && node.type !== 'ArrowFunctionExpression');
    for (const child of childrenOf(node)) {
      if (child.type === 'FunctionDeclaration' && !isBody) return true;
      open.push({ node: child, ownThis: isInner, isBody: isFunction });
    }
  }
  return false;
}

const FUNCTION = /^(?:Arrow)?Function(?:Expression|Declaration)$/;

function isBlock(body: unknown): body is AnyNode & { type: 'BlockStatement' } {
  return typeof body === 'object' && body !== null && (body as { type?: unknown }).type === 'BlockStatement';
}

function hasUseStrict(body: readonly AnyNode[]): boolean {
  return body.some((statement) => 'directive' in statement && statement.directive === 'use strict');
}

/** Whether an offset lies in one of these. */
export function isWithin(stretches: readonly Stretch[]): (offset: number) => boolean {
  return (offset) => stretches.some(([start, end]) => start < offset && offset < end);
}
