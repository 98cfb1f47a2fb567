import type { AnyNode, FunctionExpression } from 'acorn';
import { Scope } from './scope.ts';
import type { Stretch } from './strict-code.ts';

/** A function expression that has a name, which only its own text knows. */
export interface NamedExpression {
  readonly start: number;
  readonly end: number;
  /** Whether it is put into a variable of the same name where that is declared. */
  readonly hasNamesake: boolean;
}

/** The function expressions of one name, in their order, and the stretches in which something else has it. */
interface Namesakes {
  readonly made: NamedExpression[];
  readonly shadows: Stretch[];
}

/** The function expressions of a script that have a name, by that. */
export type NamedExpressions = ReadonlyMap<string, Namesakes>;

/** Finds them. */
export class NamedExpressionSearch {
  readonly #found: FunctionExpression[] = [];
  readonly #withNamesake = new Set<AnyNode>();
  readonly #declaring: AnyNode[] = [];

  /** Sees one of the script's nodes, after those that it is in. */
  see(node: AnyNode): void {
    if (DECLARING.has(node.type)) this.#declaring.push(node);
    if (node.type === 'FunctionExpression' && node.id) this.#found.push(node);
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return;
    const made = assigned(node.init);
    if (made?.type === 'FunctionExpression' && made.id?.name === node.id.name) this.#withNamesake.add(made);
  }

  found(isStrictAt: (offset: number) => boolean): NamedExpressions {
    const named = new Map<string, Namesakes>();
    for (const node of this.#found) {
      const { start, end } = node;
      const name = node.id?.name ?? '';
      const namesakes = named.get(name) ?? { made: [], shadows: [] };
      namesakes.made.push({ start, end, hasNamesake: this.#withNamesake.has(node) });
      named.set(name, namesakes);
    }
    if (named.size === 0) return named;
    for (const node of this.#declaring) {
      for (const [scope, start] of scopesOf(node, isStrictAt)) {
        for (const name of scope.names) named.get(name)?.shadows.push([start, node.end]);
      }
    }
    return named;
  }
}

/** The function expression around this offset that the name means there. */
export function expressionNamed(named: NamedExpressions, name: string, offset: number): NamedExpression | undefined {
  const { made = [], shadows = [] } = named.get(name) ?? {};
  const around = shadows.filter(([start, end]) => start <= offset && offset < end);
  // The inner ones come after those that they are in.
  return made.findLast(
    (one) => one.start < offset && offset < one.end && !around.some(([start]) => one.start <= start),
  );
}

/** What the variable gets of `const step = (exports.step = function step() {})`. */
function assigned(init: AnyNode | null | undefined): AnyNode | null | undefined {
  let value = init;
  while (value?.type === 'AssignmentExpression' && value.operator === '=') value = value.right;
  return value;
}

const DECLARING: ReadonlySet<string> = new Set<AnyNode['type']>([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassDeclaration',
  'ClassExpression',
  'StaticBlock',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
]);

/** What a node declares, and from where in it: a default value does not see what the function's body declares. */
function scopesOf(
  node: AnyNode,
  isStrictAt: (offset: number) => boolean,
): readonly (readonly [scope: Scope, start: number])[] {
  const scope = new Scope(undefined);
  let { start } = node;
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      for (const parameter of node.params) scope.declare(parameter);
      const body = new Scope(undefined);
      body.declareVars(node.body, !isStrictAt(node.body.start));
      return [
        [scope, start],
        [body, node.body.start],
      ];
    }
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
  return [[scope, start]];
}
