import type { AnyNode, Program } from 'acorn';
import { isInterop } from './interop.ts';
import { memberChain, namesIn } from './syntax.ts';

/** The names at the top of a module that its text gives to what other modules export: by `import`, by `require`. */
export function requiredNames({ body }: Program): ReadonlySet<string> {
  const names = new Set<string>();
  const makers = new Set(['require', '__require']);
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') for (const { local } of statement.specifiers) names.add(local.name);
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (isCreateRequire(init) && id.type === 'Identifier') makers.add(id.name);
      else if (isRequired(init, makers)) for (const { name } of namesIn(id)) names.add(name);
    }
  }
  return names;
}

/** @param makers the names of the functions that `require` goes by */
function isRequired(node: AnyNode | null | undefined, makers: ReadonlySet<string>): boolean {
  switch (node?.type) {
    case 'ImportExpression':
      return true;
    case 'AwaitExpression':
      return isRequired(node.argument, makers);
    case 'ChainExpression':
      return isRequired(node.expression, makers);
    case 'MemberExpression':
      return isRequired(memberChain(node).root, makers);
    case 'CallExpression': {
      const { callee } = node;
      if (isCreateRequire(callee)) return true;
      const name = calledName(callee);
      if (name === undefined) return false;
      if (callee.type === 'Identifier' ? makers.has(name) : name === 'require') return true;
      return isInterop(name) && isRequired(node.arguments[0], makers);
    }
    default:
      return false;
  }
}

function isCreateRequire(node: AnyNode | null | undefined): boolean {
  return node?.type === 'CallExpression' && calledName(node.callee) === 'createRequire';
}

/** The name of a function that is called, or of the property that holds it. */
function calledName(callee: AnyNode): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
  return callee.property.type === 'Identifier' ? callee.property.name : undefined;
}
