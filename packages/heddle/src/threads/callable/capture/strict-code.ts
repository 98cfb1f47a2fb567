import type { AnyNode, Function as FunctionNode, Program } from 'acorn';
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

function isBlock(body: unknown): body is AnyNode & { type: 'BlockStatement' } {
  return typeof body === 'object' && body !== null && (body as { type?: unknown }).type === 'BlockStatement';
}

function hasUseStrict(body: readonly AnyNode[]): boolean {
  return body.some((statement) => 'directive' in statement && statement.directive === 'use strict');
}
