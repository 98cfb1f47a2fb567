import type { AnyNode, FunctionExpression } from 'acorn';
import { Scope } from './scope.ts';
import type { Stretch } from './strict-code.ts';
import { childrenOf } from './syntax.ts';

/** A function expression that has a name, which only its own text knows. */
export interface NamedExpression {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where something else within it has the name. */
  readonly shadows: readonly Stretch[];
  /** Whether it is put into a variable of the same name where that is declared. */
  readonly hasNamesake: boolean;
}

/** Finds the function expressions of a script that have a name, and where that name means them. */
export class NamedExpressionSearch {
  readonly #found: FunctionExpression[] = [];
  readonly #withNamesake = new Set<AnyNode>();

  /** Sees one of the script's nodes, after those that it is in. */
  see(node: AnyNode): void {
    if (node.type === 'FunctionExpression' && node.id) this.#found.push(node);
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return;
    const made = assigned(node.init);
    if (made?.type === 'FunctionExpression' && made.id?.name === node.id.name) this.#withNamesake.add(made);
  }

  found(isStrictAt: (offset: number) => boolean): readonly NamedExpression[] {
    return this.#found.map((node) => {
      const { start, end } = node;
      const name = node.id?.name ?? '';
      const hasNamesake = this.#withNamesake.has(node);
      return { name, start, end, hasNamesake, shadows: shadowsIn(node, name, isStrictAt) };
    });
  }
}

/** The function expression around this offset that the name means there. */
export function expressionNamed(
  expressions: readonly NamedExpression[],
  name: string,
  offset: number,
): NamedExpression | undefined {
  // The inner ones come after those that they are in.
  return expressions.findLast(
    (one) =>
      one.name === name &&
      one.start < offset &&
      offset < one.end &&
      !one.shadows.some(([start, end]) => start <= offset && offset < end),
  );
}

/** What the variable gets of `const step = (exports.step = function step() {})`. */
function assigned(init: AnyNode | null | undefined): AnyNode | null | undefined {
  let value = init;
  while (value?.type === 'AssignmentExpression' && value.operator === '=') value = value.right;
  return value;
}

function shadowsIn(root: FunctionExpression, name: string, isStrictAt: (offset: number) => boolean): Stretch[] {
  const shadows: Stretch[] = [];
  const open: AnyNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const shadow = shadowBy(node, name, isStrictAt);
    if (shadow !== undefined) shadows.push(shadow);
    open.push(...childrenOf(node));
  }
  return shadows;
}

/** The part of a node in which the name is one that the node declares. */
function shadowBy(node: AnyNode, name: string, isStrictAt: (offset: number) => boolean): Stretch | undefined {
  const scope = new Scope(undefined);
  let { start } = node;
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      for (const parameter of node.params) scope.declare(parameter);
      if (scope.knows(name)) break;
      // A default value does not see what the body declares.
      start = node.body.start;
      scope.declareVars(node.body, !isStrictAt(start));
      break;
    case 'ClassDeclaration':
    case 'ClassExpression':
      scope.declare(node.id);
      break;
    case 'StaticBlock':
      scope.declareVars(node, false);
      scope.declareLexical(node.body);
      break;
    case 'BlockStatement':
      scope.declareLexical(node.body);
      break;
    case 'ForStatement':
      if (node.init) scope.declareLexical([node.init]);
      break;
    case 'ForInStatement':
    case 'ForOfStatement':
      scope.declareLexical([node.left]);
      break;
    case 'SwitchStatement':
      start = node.cases[0]?.start ?? node.end;
      scope.declareLexical(node.cases.flatMap(({ consequent }) => consequent));
      break;
    case 'CatchClause':
      scope.declare(node.param);
      break;
  }
  return scope.knows(name) ? [start, node.end] : undefined;
}
