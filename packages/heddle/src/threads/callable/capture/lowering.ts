import type { AnyNode, Program } from 'acorn';
import { namesIn } from './syntax.ts';

// What compilers need only for versions of the language that have no async functions, generators or classes: Babel's and
// SWC's helpers, with a number after them where they come from a package, and TypeScript's.
const LOWERING =
  /^(?:_(?:asyncToGenerator|async_to_generator|regenerator\w*|ts_generator|wrapAsyncGenerator|wrap_async_generator|createClass|create_class|callSuper|call_super)2?|__(?:awaiter|generator|extends))$/;

/** The name at the top of a file that shows that it was compiled to an older language than Node needs; undefined without one. */
export function loweringName({ body }: Program): string | undefined {
  return body.flatMap(declaredBy).find((name) => LOWERING.test(name));
}

function declaredBy(statement: AnyNode): string[] {
  if (statement.type === 'FunctionDeclaration') return namesOf(statement.id);
  if (statement.type === 'ImportDeclaration') return statement.specifiers.map(({ local }) => local.name);
  if (statement.type !== 'VariableDeclaration') return [];
  return statement.declarations.flatMap(({ id }) => namesOf(id));
}

function namesOf(pattern: AnyNode | null): string[] {
  return namesIn(pattern).map(({ name }) => name);
}
