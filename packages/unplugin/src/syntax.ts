/** A node of the syntax tree, as far as everything that walks it needs to know. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The name of an identifier, or of an export or a member that is written as a text. */
export function nameOf(node: Node): string {
  return String(node['name'] ?? node['value']);
}

export function isFunction({ type }: Node): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration';
}

// Type annotations name types, which are gone when the program runs.
const TYPE_KEYS = new Set(['typeAnnotation', 'typeParameters', 'typeArguments', 'returnType', 'superTypeArguments']);
const VALUES_OF_TYPESCRIPT = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
  'TSModuleDeclaration',
  'TSModuleBlock',
]);

/** The parts of a node that mean something when the program runs, in the order of the text. */
export function* childrenOf(node: Node): Generator<Node> {
  for (const key of Object.keys(node)) {
    if (TYPE_KEYS.has(key) || key === 'implements') continue;
    const value = node[key];
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      if (!child.type.startsWith('TS') || VALUES_OF_TYPESCRIPT.has(child.type)) yield child;
    }
  }
}

/** The expression within parentheses and TypeScript's assertions. */
export function bare(node: Node): Node {
  return (node.type.startsWith('TS') || node.type === 'ParenthesizedExpression') && isNode(node['expression'])
    ? bare(node['expression'])
    : node;
}
