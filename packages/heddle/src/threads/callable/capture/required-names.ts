import type { AnyNode, Program } from 'acorn';
import { isInterop, withoutInterop } from './interop.ts';
import { memberChain, namesIn } from './syntax.ts';

/** What a name is given by `require`, or by `await import()`: the specifier as it is written, and the way from there. */
export interface RequiredName {
  readonly by: 'require' | 'import';
  readonly specifier: string;
  readonly path: readonly string[];
}

/**
 * The names at the top of a module that its text gives to what other modules export: by `import`, by `require`; undefined
 * where more has to be known than one `require` with a text.
 */
export function requiredNames({ body }: Program): ReadonlyMap<string, RequiredName | undefined> {
  const names = new Map<string, RequiredName | undefined>();
  const makers = new Set(['require', '__require']);
  // A bundle's own `__require` may give what is a part of it.
  const ofNode = new Set(['require']);
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration')
      for (const { local } of statement.specifiers) names.set(local.name, undefined);
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (isCreateRequire(init) && id.type === 'Identifier') {
        makers.add(id.name);
        ofNode.add(id.name);
      } else if (isRequired(init, makers)) {
        for (const { name } of namesIn(id)) names.set(name, undefined);
        const required = requiredBy(init, ofNode) ?? (declaration.kind === 'const' ? importedBy(init) : undefined);
        if (required !== undefined)
          for (const [name, path] of pathsIn(id, required)) names.set(name, { ...required, path });
      }
    }
  }
  return names;
}

/**
 * Of `require('./name')` and `require('./name').a.b`.
 *
 * @param makers the names that Node's `require` goes by, or one that `createRequire` has made
 */
function requiredBy(node: AnyNode | null | undefined, makers: ReadonlySet<string>): RequiredName | undefined {
  if (node?.type === 'MemberExpression') {
    const { root, steps, cut } = memberChain(node);
    const required = cut ? undefined : requiredBy(root, makers);
    return required && { ...required, path: steps };
  }
  if (node?.type !== 'CallExpression') return undefined;
  const { callee } = node;
  const isRequire = callee.type === 'Identifier' ? makers.has(callee.name) : isCreateRequire(callee);
  if (!isRequire) return undefined;
  const [argument] = node.arguments;
  if (argument?.type !== 'Literal' || typeof argument.value !== 'string') return undefined;
  return { by: 'require', specifier: argument.value, path: [] };
}

/** Of `await import('./name')` and `(await import('./name')).a.b`. */
function importedBy(node: AnyNode | null | undefined): RequiredName | undefined {
  if (node?.type === 'MemberExpression') {
    const { root, steps, cut } = memberChain(node);
    const imported = cut ? undefined : importedBy(root);
    return imported && { ...imported, path: steps };
  }
  const awaited = node?.type === 'AwaitExpression' ? withoutInterop(node.argument) : undefined;
  if (awaited?.type !== 'ImportExpression') return undefined;
  const { source, options } = awaited;
  if (source.type !== 'Literal' || typeof source.value !== 'string' || options) return undefined;
  return { by: 'import', specifier: source.value, path: [] };
}

/** The names that a pattern binds to properties, and the way to these. */
function pathsIn(pattern: AnyNode, required: RequiredName): [name: string, path: readonly string[]][] {
  const { by, path } = required;
  if (pattern.type === 'Identifier') return [[pattern.name, path]];
  // Whether a name has its default value shows only where a module can be asked.
  if (pattern.type === 'AssignmentPattern') return by === 'import' ? [] : pathsIn(pattern.left, required);
  if (pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((property) => {
    if (property.type === 'RestElement' || property.computed) return [];
    const { key, value } = property;
    if (key.type === 'Identifier') return pathsIn(value, { ...required, path: [...path, key.name] });
    return key.type === 'Literal' ? pathsIn(value, { ...required, path: [...path, String(key.value)] }) : [];
  });
}

/** @param makers the names of the functions that `require` goes by */
function isRequired(node: AnyNode | null | undefined, makers: ReadonlySet<string>): boolean {
  switch (node?.type) {
    case 'ImportExpression':
      return true;
    case 'AwaitExpression':
      return isRequired(withoutInterop(node.argument), makers);
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
