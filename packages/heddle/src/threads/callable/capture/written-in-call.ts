import type { AnyNode } from 'acorn';
import { callSites } from '../scripts/call-sites.ts';
import type { Origin } from '../scripts/origin.ts';
import { parseExpressionAt } from './parser.ts';
import { storedSourceOf } from './source.ts';

/**
 * Whether a function is written among the arguments of a call that is under way, as in `deferToThread(() => 42)`.
 *
 * Then it was made for this call, and no module can have it under a name: there is nothing to look for.
 */
export function isWrittenInCall(f: Function, origin: Origin & { readonly kind: 'script' }): boolean {
  const { script, scriptId } = origin;
  const calls = callSites().filter((site) =>
    site.scriptId === undefined ? site.url === script.url : site.scriptId === scriptId,
  );
  if (calls.length === 0) return false;
  const source = storedSourceOf(origin, Function.prototype.toString.call(f));
  if (source === undefined) return false;
  return calls.some(({ line, column }) => {
    const at = source.offsetOf(line, column);
    return at !== undefined && at < source.start && isArgumentOf(source.text, at, source.start);
  });
}

// A stack gives the place of what is called by name, or that of the arguments' bracket.
function isArgumentOf(text: string, call: number, start: number): boolean {
  const isBracket = text[call] === '(';
  let node: AnyNode | undefined = parseExpressionAt(isBracket ? `$${text.slice(call)}` : text, isBracket ? 0 : call);
  const wanted = isBracket ? start - call + 1 : start;
  while (node !== undefined) {
    if (node.type === 'CallExpression') {
      if (node.arguments.some((argument) => argument.start === wanted)) return true;
      node = node.callee;
    } else if (node.type === 'MemberExpression') node = node.object;
    else if (node.type === 'ChainExpression') node = node.expression;
    else if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') node = node.left;
    else if (node.type === 'ConditionalExpression') node = node.test;
    else node = undefined;
  }
  return false;
}
