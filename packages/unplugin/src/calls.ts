import type { Binding, Scope } from './scopes.ts';
import { bare, childrenOf, isNode, nameOf, type Node } from './syntax.ts';

/** What programs import what defers as. */
export const HEDDLE: ReadonlySet<string> = new Set(['heddle', 'heddle/threads']);

/** At which place heddle's functions take the one that runs in a thread. */
const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['deferToThread', 0],
  ['deferToThreadPool', 1],
  ['iterateInThread', 0],
  ['bindToThread', 0],
  ['inThread', 0],
]);

/** At which place methods do, by whose they are. */
const METHODS: Readonly<Record<Owner, ReadonlyMap<string, number>>> = {
  pool: new Map([
    ['defer', 0],
    ['iterate', 0],
    ['bind', 0],
    ['callInThread', 0],
    ['callInThreadWithCallback', 1],
  ]),
  bound: new Map([
    ['defer', 0],
    ['iterate', 0],
  ]),
  reactor: new Map([['callInThread', 0]]),
};

/** What heddle gives whose methods take functions: a pool or a view of one, a bound object, the reactor. */
type Owner = 'pool' | 'bound' | 'reactor';

/** Those that take options first: `deferToThread.with(options)`. */
const WITH_OPTIONS: ReadonlySet<string> = new Set(['deferToThread', 'iterateInThread', 'bindToThread']);

const POOLS: ReadonlySet<string> = new Set(['ThreadPool', 'ProcessPool']);

/** Finds what runs in threads in the calls whose callee comes from an import of heddle. */
export function deferredArguments(program: Node, scopeOf: (node: Node) => Scope): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression') found.push(...functionsOfCall(node, scopeOf));
    if (node.type === 'NewExpression') found.push(...initThreadOf(node, scopeOf));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return found;
}

function functionsOfCall(call: Node, scopeOf: (node: Node) => Scope): Node[] {
  const callee = bare(call['callee'] as Node);
  const args = call['arguments'] as Node[];
  if (isCallMultiple(callee, scopeOf)) return args.slice(0, 1).flatMap(firstOfEach);
  const index = functionIndex(callee, scopeOf);
  const argument = index === undefined ? undefined : args[index];
  return argument === undefined || argument.type === 'SpreadElement' ? [] : [argument];
}

/** At which place a callee of heddle's takes the function; undefined of any other callee. */
function functionIndex(callee: Node, scopeOf: (node: Node) => Scope): number | undefined {
  const name = importedName(callee, scopeOf);
  if (name !== undefined && FUNCTIONS.has(name)) return FUNCTIONS.get(name);
  const method = memberName(callee);
  const owner = method === undefined ? undefined : ownerOf(callee['object'] as Node, scopeOf);
  if (method !== undefined && owner !== undefined) return METHODS[owner].get(method);
  return functionUnderOptions(constantOf(callee, scopeOf), scopeOf) === undefined ? undefined : 0;
}

function isCallMultiple(callee: Node, scopeOf: (node: Node) => Scope): boolean {
  if (importedName(callee, scopeOf) === 'callMultipleInThread') return true;
  return memberName(callee) === 'callMultipleInThread' && ownerOf(callee['object'] as Node, scopeOf) === 'pool';
}

/** Of `[[f, a], [g]]`, `f` and `g`. */
function firstOfEach(calls: Node): Node[] {
  return elementsOf(calls)
    .flatMap((call) => elementsOf(call).slice(0, 1))
    .filter(({ type }) => type !== 'SpreadElement');
}

function elementsOf(list: Node): Node[] {
  const array = bare(list);
  return array.type === 'ArrayExpression' ? (array['elements'] as (Node | null)[]).filter((each) => each !== null) : [];
}

/** `new ThreadPool({ initThread: f })`, or `new ThreadPool({ initThread })`. */
function initThreadOf(made: Node, scopeOf: (node: Node) => Scope): Node[] {
  const [argument] = made['arguments'] as Node[];
  const options = argument && bare(argument);
  if (options?.type !== 'ObjectExpression' || ownerOf(made, scopeOf) !== 'pool') return [];
  return (options['properties'] as Node[]).flatMap((property) => {
    // What is written as a method has no place for an address.
    const isPlain = property.type === 'Property' && !property['computed'] && !property['method'];
    return isPlain && nameOf(property['key'] as Node) === 'initThread' ? [property['value'] as Node] : [];
  });
}

/** The function that an expression such as `deferToThread.with(options)` is. */
function functionUnderOptions(node: Node, scopeOf: (node: Node) => Scope): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const callee = bare(node['callee'] as Node);
  if (memberName(callee) !== 'with') return undefined;
  const name = importedName(bare(callee['object'] as Node), scopeOf);
  return name !== undefined && WITH_OPTIONS.has(name) ? name : undefined;
}

/** @param seen what is looked at already: a constant may be made of itself, by mistake */
function ownerOf(
  expression: Node,
  scopeOf: (node: Node) => Scope,
  seen: ReadonlySet<Node> = new Set(),
): Owner | undefined {
  const node = constantOf(bare(expression), scopeOf);
  if (seen.has(node)) return undefined;
  if (importedName(node, scopeOf) === 'reactor') return 'reactor';
  if (node.type === 'NewExpression') {
    return POOLS.has(importedName(node['callee'] as Node, scopeOf) ?? '') ? 'pool' : undefined;
  }
  if (node.type !== 'CallExpression') return undefined;
  const callee = bare(node['callee'] as Node);
  const called = importedName(callee, scopeOf) ?? functionUnderOptions(constantOf(callee, scopeOf), scopeOf);
  if (called === 'bindToThread') return 'bound';
  const method = memberName(callee);
  if (method === undefined) return undefined;
  const owner = ownerOf(callee['object'] as Node, scopeOf, new Set([...seen, node]));
  if (method === 'with') return owner;
  if (method === 'bind') return owner === 'pool' ? 'bound' : undefined;
  return method === 'getThreadPool' && owner === 'reactor' ? 'pool' : undefined;
}

/** What a constant was made as, where an expression is the name of one. */
function constantOf(node: Node, scopeOf: (node: Node) => Scope): Node {
  if (node.type !== 'Identifier') return node;
  const binding = scopeOf(node).find(nameOf(node));
  const init = binding !== undefined && isConstant(binding) ? binding.declaration['init'] : undefined;
  return isNode(init) ? bare(init) : node;
}

/** `const`, `using` and `await using`. */
function isConstant(binding: Binding): boolean {
  return isNamed(binding) && (binding.kind === 'const' || String(binding.statement['kind']).endsWith('using'));
}

function isNamed({ declaration }: Binding): boolean {
  return isNode(declaration['id']) && declaration['id'].type === 'Identifier';
}

/** The name under which heddle exports what an expression stands for. */
function importedName(node: Node, scopeOf: (node: Node) => Scope): string | undefined {
  if (node.type === 'Identifier') {
    const binding = scopeOf(node).find(String(node['name']));
    return binding && isOfHeddle(binding) && binding.declaration.type === 'ImportSpecifier'
      ? nameOf(binding.declaration['imported'] as Node)
      : undefined;
  }
  const member = memberName(node);
  if (member === undefined || (node['object'] as Node).type !== 'Identifier') return undefined;
  const object = node['object'] as Node;
  const binding = scopeOf(object).find(String(object['name']));
  const isNamespace = binding && isOfHeddle(binding) && binding.declaration.type === 'ImportNamespaceSpecifier';
  return isNamespace ? member : undefined;
}

function isOfHeddle({ kind, statement }: Binding): boolean {
  return kind === 'import' && HEDDLE.has(String((statement['source'] as Node)['value']));
}

function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node['computed']) return undefined;
  return String((node['property'] as Node)['name']);
}
