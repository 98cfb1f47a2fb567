import { type Node, parse, type Program } from 'acorn';

export type { Node };

/** A node and those around it, the outermost first, itself last. */
export type Path = readonly [...Node[], Node];

/** A node's parts, by name. */
export type Parts = Readonly<Record<string, unknown>>;

const OPTIONS = {
  ecmaVersion: 'latest',
  allowHashBang: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
} as const;

/** Reads what V8 has compiled; undefined where it is in no syntax that the parser knows. */
export function parseScript(source: string): Program | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(source, { ...OPTIONS, sourceType });
    } catch {
      // Sloppy code is no module.
    }
  }
  return undefined;
}

/** Calls `visit` with each node within a range and the nodes around it. */
export function walk(root: Node, isWanted: (node: Node) => boolean, visit: (path: Path) => void): void {
  const open: Path[] = [[root]];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const node = path.at(-1) as Node;
    if (!isWanted(node)) continue;
    visit(path);
    for (const part of Object.values(node)) {
      for (const child of Array.isArray(part) ? part : [part]) if (isNode(child)) open.push([...path, child]);
    }
  }
}

/** A part of a node, where it is a node. */
export function part(node: Node, name: string): Node | undefined {
  const value = (node as unknown as Parts)[name];
  return isNode(value) ? value : undefined;
}

/** The nodes of a part that is a list. */
export function list(node: Node, name: string): readonly Node[] {
  const value = (node as unknown as Parts)[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A part that is no node. */
export function plain(node: Node, name: string): unknown {
  return (node as unknown as Parts)[name];
}

/** Whether a node is a function; a class is none. */
export function isFunction({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

/** The innermost function around a node, or what runs as one: a field of a class, and its static block. */
export function functionAround(path: Path): Node | undefined {
  return path
    .slice(0, -1)
    .findLast((node) => isFunction(node) || /^(?:PropertyDefinition|StaticBlock)$/.test(node.type));
}

/** Whether a node is a name or a chain of names, so that reading it calls nothing but getters. */
export function isChain(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'Identifier' || node.type === 'ThisExpression') return true;
  if (node.type === 'ChainExpression') return isChain(part(node, 'expression'));
  return node.type === 'MemberExpression' && plain(node, 'computed') !== true && isChain(part(node, 'object'));
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  Literal: [],
  Identifier: [],
  ThisExpression: [],
  ArrowFunctionExpression: [],
  FunctionExpression: [],
  MemberExpression: ['object', 'property'],
  ChainExpression: ['expression'],
  TemplateLiteral: ['expressions'],
  BinaryExpression: ['left', 'right'],
  LogicalExpression: ['left', 'right'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  UnaryExpression: ['argument'],
  ArrayExpression: ['elements'],
  ObjectExpression: ['properties'],
  Property: ['key', 'value'],
  SpreadElement: ['argument'],
};

/** Whether an expression can be worked out a second time: it calls nothing, unless there are getters in it. */
export function isReadable(node: Node): boolean {
  if (plain(node, 'operator') === 'delete') return false;
  return (
    PARTS[node.type]?.every((name) => [part(node, name) ?? [], list(node, name)].flat().every(isReadable)) ?? false
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
