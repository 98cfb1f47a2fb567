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

  /** The `var` of a function's body, however deep in blocks, and in sloppy code the functions in blocks too. */
  declareVars(node: AnyNode | null | undefined, sloppy: boolean): void {
    switch (node?.type) {
      case 'VariableDeclaration':
        if (node.kind === 'var') for (const { id } of node.declarations) this.declare(id);
        break;
      case 'FunctionDeclaration':
        if (sloppy) this.declare(node.id);
        break;
      case 'BlockStatement':
      case 'StaticBlock':
      case 'Program':
        for (const statement of node.body) this.declareVars(statement, sloppy);
        break;
      case 'IfStatement':
        this.declareVars(node.consequent, sloppy);
        this.declareVars(node.alternate, sloppy);
        break;
      case 'ForStatement':
        this.declareVars(node.init, sloppy);
        this.declareVars(node.body, sloppy);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.declareVars(node.left, sloppy);
        this.declareVars(node.body, sloppy);
        break;
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'LabeledStatement':
      case 'WithStatement':
        this.declareVars(node.body, sloppy);
        break;
      case 'TryStatement':
        this.declareVars(node.block, sloppy);
        this.declareVars(node.handler?.body, sloppy);
        this.declareVars(node.finalizer, sloppy);
        break;
      case 'SwitchStatement':
        for (const { consequent } of node.cases) for (const one of consequent) this.declareVars(one, sloppy);
        break;
    }
  }
}
