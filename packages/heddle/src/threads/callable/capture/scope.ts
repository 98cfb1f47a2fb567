import type { AnyNode } from 'acorn';
import { namesIn } from './syntax.ts';

/** The names that one block, function or class declares. */
export class Scope {
  readonly names: Set<string> = new Set();
  readonly parent: Scope | undefined;

  constructor(parent: Scope | undefined, names: readonly string[] = []) {
    this.parent = parent;
    for (const name of names) this.names.add(name);
  }

  knows(name: string): boolean {
    return this.names.has(name) || (this.parent?.knows(name) ?? false);
  }

  declare(pattern: AnyNode | null | undefined): void {
    for (const { name } of namesIn(pattern)) this.names.add(name);
  }

  /** The `let`, `const`, `class` and `function` of a list of statements. */
  declareLexical(statements: readonly AnyNode[]): void {
    for (const statement of statements) {
      if (statement.type === 'VariableDeclaration') {
        if (statement.kind !== 'var') for (const { id } of statement.declarations) this.declare(id);
      } else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
        this.declare(statement.id);
      } else if (statement.type === 'LabeledStatement') {
        this.declareLexical([statement.body]);
      }
    }
  }

  /**
   * The `var` of a function's body, however deep in blocks, and in sloppy code the functions in blocks too.
   *
   * @param around what the blocks in between declare: a function does not get out of one that has its name already
   */
  declareVars(node: AnyNode | null | undefined, sloppy: boolean, around: Scope = new Scope(undefined)): void {
    switch (node?.type) {
      case 'VariableDeclaration':
        if (node.kind === 'var') for (const { id } of node.declarations) this.declare(id);
        break;
      case 'FunctionDeclaration':
        if (sloppy && !node.async && !node.generator && !around.knows(node.id?.name ?? '')) this.declare(node.id);
        break;
      case 'BlockStatement':
      case 'StaticBlock':
      case 'Program':
        this.#declareVarsOf(node.body, sloppy, around);
        break;
      case 'IfStatement':
        this.declareVars(node.consequent, sloppy, around);
        this.declareVars(node.alternate, sloppy, around);
        break;
      case 'ForStatement':
        this.declareVars(node.init, sloppy);
        this.declareVars(node.body, sloppy, headOf(node.init, around));
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.declareVars(node.left, sloppy);
        this.declareVars(node.body, sloppy, headOf(node.left, around));
        break;
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'LabeledStatement':
      case 'WithStatement':
        this.declareVars(node.body, sloppy, around);
        break;
      case 'TryStatement':
        this.declareVars(node.block, sloppy, around);
        this.declareVars(node.handler?.body, sloppy, caughtIn(node.handler?.param, around));
        this.declareVars(node.finalizer, sloppy, around);
        break;
      case 'SwitchStatement':
        this.#declareVarsOf(
          node.cases.flatMap(({ consequent }) => consequent),
          sloppy,
          around,
        );
        break;
    }
  }

  #declareVarsOf(statements: readonly AnyNode[], sloppy: boolean, around: Scope): void {
    const block = new Scope(around);
    block.declareLexical(statements);
    // A function's own name is no other declaration of it.
    for (const one of statements) this.declareVars(one, sloppy, isFunction(one) ? around : block);
  }
}

function headOf(head: AnyNode | null | undefined, around: Scope): Scope {
  const scope = new Scope(around);
  if (head) scope.declareLexical([head]);
  return scope;
}

/** What is caught under a plain name can be declared once more. */
function caughtIn(param: AnyNode | null | undefined, around: Scope): Scope {
  const scope = new Scope(around);
  if (param?.type !== 'Identifier') scope.declare(param);
  return scope;
}

function isFunction(statement: AnyNode): boolean {
  return statement.type === 'LabeledStatement' ? isFunction(statement.body) : statement.type === 'FunctionDeclaration';
}
