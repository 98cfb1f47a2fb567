import { dataProperty } from '../members.ts';
import type { FunctionOrClass } from './literal-text.ts';

/** The `length` that a function has by its text; undefined for classes, which have that of their constructor or parent. */
export function lengthByText(node: FunctionOrClass): number | undefined {
  if (node.type === 'ClassExpression') return undefined;
  const first = node.params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement');
  return first === -1 ? node.params.length : first;
}

/** The `length` that a function has been given, as wrappers are given that of what they wrap; undefined where it has that of its text. */
export function givenLength(f: Function, byText: number | undefined): number | undefined {
  if (byText === undefined) return undefined;
  const length = dataProperty(f, 'length');
  return typeof length === 'number' && length !== byText ? length : undefined;
}
