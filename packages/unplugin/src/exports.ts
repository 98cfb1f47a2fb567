import { isNode, nameOf, type Node } from './syntax.ts';

/** Under which names a module exports its own variables. */
export function exportsOf(program: Node): Map<string, string> {
  const exported = new Map<string, string>();
  for (const statement of program['body'] as Node[]) {
    if (statement.type === 'ExportNamedDeclaration' && statement['exportKind'] !== 'type') {
      for (const name of declaredNames(statement['declaration'])) exported.set(name, name);
      if (isNode(statement['source'])) continue;
      for (const { local, exported: as, exportKind } of statement['specifiers'] as SpecifierNode[]) {
        if (exportKind !== 'type') exported.set(nameOf(local), nameOf(as));
      }
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      const declaration = statement['declaration'] as Node;
      const id = declaration.type === 'Identifier' ? declaration : declaration['id'];
      if (isNode(id)) exported.set(nameOf(id), 'default');
    }
  }
  return exported;
}

interface SpecifierNode extends Node {
  readonly local: Node;
  readonly exported: Node;
  readonly exportKind?: string;
}

function declaredNames(declaration: unknown): string[] {
  if (!isNode(declaration)) return [];
  if (isNode(declaration['id'])) return [nameOf(declaration['id'])];
  const declarators = (declaration['declarations'] ?? []) as Node[];
  return declarators.flatMap(({ id }) => ((id as Node).type === 'Identifier' ? [nameOf(id as Node)] : []));
}
