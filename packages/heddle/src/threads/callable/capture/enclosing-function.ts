import type { AnyNode, Function as FunctionNode } from 'acorn';
import { childrenOf, namesIn } from './syntax.ts';

/** A function around some code, by the names that have a meaning of their own in it: minifiers use the same ones everywhere. */
export class EnclosingFunction {
  readonly node: FunctionNode;
  readonly outer: EnclosingFunction | undefined;
  #parameters: ReadonlySet<string> | undefined;
  #declared: ReadonlySet<string> | undefined;

  constructor(node: FunctionNode, outer: EnclosingFunction | undefined) {
    this.node = node;
    this.outer = outer;
  }

  get parameters(): ReadonlySet<string> {
    this.#parameters ??= new Set(this.node.params.flatMap(namesIn).map(({ name }) => name));
    return this.#parameters;
  }

  /** The names that are declared in its body, in a block of it or not. */
  get declared(): ReadonlySet<string> {
    this.#declared ??= declaredBelow(this.node.body);
    return this.#declared;
  }
}

/** The innermost of the functions around some code that a name belongs to; undefined where it is one of the module. */
export function ownerOf(name: string, around: EnclosingFunction | undefined): EnclosingFunction | undefined {
  let owner = around;
  while (owner !== undefined && !owner.parameters.has(name) && !owner.declared.has(name)) owner = owner.outer;
  return owner;
}

function declaredBelow(body: AnyNode): Set<string> {
  const declared = new Set<string>();
  const open: AnyNode[] = [body];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const patterns =
      node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration'
        ? [node.id]
        : node.type === 'CatchClause'
          ? [node.param]
          : [];
    for (const { name } of patterns.flatMap(namesIn)) declared.add(name);
    // What is declared in functions within is theirs.
    if ('params' in node) continue;
    for (const child of childrenOf(node)) open.push(child);
  }
  return declared;
}
