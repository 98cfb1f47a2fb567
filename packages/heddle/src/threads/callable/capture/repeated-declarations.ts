import type { AnyNode, Program } from 'acorn';
import { namesIn } from './syntax.ts';

// Declarations that give a variable another value than it has had, without an assignment.

/** The names that more than one `var` or function at the top of a script declares. */
export function declaredAgain({ body }: Program): string[] {
  const seen = new Set<string>();
  return body.flatMap(namesDeclared).filter((name) => {
    const isAgain = seen.has(name);
    seen.add(name);
    return isAgain;
  });
}

function namesDeclared(statement: AnyNode): string[] {
  if (statement.type === 'FunctionDeclaration') return namesIn(statement.id).map(({ name }) => name);
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'var') return [];
  return statement.declarations.flatMap(({ id }) => namesIn(id)).map(({ name }) => name);
}

/**
 * The names of the functions that a block declares, which in sloppy code the function around it has as well, from when the
 * block is run.
 *
 * @param body that of the function around it, whose functions are there from the beginning
 */
export function declaredInBlock(node: AnyNode, body: AnyNode | undefined): readonly string[] {
  if (node === body || !BLOCKS.has(node.type)) return NONE;
  return statementsOf(node)
    .flatMap((statement) => (statement?.type === 'FunctionDeclaration' ? namesIn(statement.id) : []))
    .map(({ name }) => name);
}

const NONE: readonly string[] = [];

const BLOCKS: ReadonlySet<string> = new Set<AnyNode['type']>(['BlockStatement', 'SwitchCase', 'IfStatement']);

function statementsOf(node: AnyNode): readonly (AnyNode | null | undefined)[] {
  switch (node.type) {
    case 'BlockStatement':
      return node.body;
    case 'SwitchCase':
      return node.consequent;
    case 'IfStatement':
      return [node.consequent, node.alternate];
    default:
      return [];
  }
}
