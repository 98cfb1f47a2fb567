import type { AnyNode, Class, Function as FunctionNode, Identifier, MemberExpression } from 'acorn';
import { hasUnusedThis } from './compiled-async.ts';
import type { FunctionOrClass } from './literal-text.ts';
import { Scope } from './scope.ts';
import { isStrict } from './strict-code.ts';
import { isMutator } from './mutators.ts';
import { childrenOf, memberChain } from './syntax.ts';
import { newUsage, noteUse, type Usage } from './usage.ts';

/** Something in a function's text that has no meaning outside its surroundings. */
export interface Obstacle {
  readonly kind: 'this' | 'super' | 'arguments' | 'new.target' | 'private' | 'eval' | 'with' | 'import.meta';
  readonly name: string;
  readonly offset: number;
}

/** What a function needs of its surroundings. */
export interface FreeVariables {
  readonly usages: ReadonlyMap<string, Usage>;
  readonly obstacles: readonly Obstacle[];
  /** Where the `this` of the function itself is used: fine in a constructor, a loss in a method that is passed on. */
  readonly ownThis: number | undefined;
  /** Where `import()` stands. */
  readonly dynamicImports: readonly number[];
}

/** What `this`, `super`, `arguments` and private names mean at a place in the text. */
interface Surroundings {
  readonly scope: Scope;
  /** The function or class whose `this` it is; `outside` for that of the surroundings. */
  readonly owner: 'outside' | 'root' | 'inner';
  readonly hasArguments: boolean;
  readonly hasSuper: boolean;
  readonly privateNames: readonly string[];
  /** Whether functions in blocks get out of them. */
  readonly sloppy: boolean;
}

/**
 * Finds what a function or class uses of its surroundings.
 *
 * @param strict whether the surroundings are strict code, where functions in blocks stay in their block
 * @param withParent whether what a class extends counts
 * @param withItself whether the function's own name counts: that of a declaration is a variable of the surroundings
 */
export function freeVariables(
  root: FunctionOrClass,
  strict: boolean,
  withParent = true,
  withItself = false,
): FreeVariables {
  return new Search().run(withItself ? { ...root, id: null } : root, !strict, withParent);
}

class Search {
  readonly #usages = new Map<string, Usage>();
  readonly #obstacles: Obstacle[] = [];
  readonly #dynamicImports: number[] = [];
  #ownThis: number | undefined;

  run(root: FunctionOrClass, sloppy: boolean, withParent: boolean): FreeVariables {
    const outside: Surroundings = {
      scope: new Scope(undefined),
      owner: 'outside',
      hasArguments: false,
      hasSuper: false,
      privateNames: [],
      sloppy,
    };
    if (root.type === 'ClassExpression') this.#class(root, outside, withParent);
    else this.#function(root, outside, 'root');
    return {
      usages: this.#usages,
      obstacles: this.#obstacles,
      ownThis: this.#ownThis,
      dynamicImports: this.#dynamicImports,
    };
  }

  #visit(node: AnyNode | null | undefined, at: Surroundings): void {
    if (node === null || node === undefined) return;
    switch (node.type) {
      case 'Identifier':
        this.#use(node, [], at);
        return undefined;
      case 'MemberExpression':
        return this.#member(node, at, 'read');
      case 'CallExpression':
        return this.#call(node.callee, node.arguments, at);
      case 'TaggedTemplateExpression':
        return this.#call(node.tag, [node.quasi], at);
      case 'AssignmentExpression':
        this.#assign(node.left, at);
        return this.#visit(node.right, at);
      case 'UpdateExpression':
        return this.#assign(node.argument, at);
      case 'UnaryExpression':
        if (node.operator === 'delete') return this.#assign(node.argument, at);
        return this.#visit(node.argument, at);
      case 'ThisExpression':
        return this.#this(node, at);
      case 'Super':
        if (!at.hasSuper) this.#obstacle('super', 'super', node);
        return undefined;
      case 'MetaProperty':
        return this.#metaProperty(node.meta.name, node, at);
      case 'ImportExpression':
        this.#dynamicImports.push(node.start);
        return this.#all([node.source, node.options], at);
      case 'PrivateIdentifier':
        if (!at.privateNames.includes(node.name)) this.#obstacle('private', `#${node.name}`, node);
        return undefined;
      case 'WithStatement':
        return this.#obstacle('with', 'with', node);
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node, at, 'inner');
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node, at);
      case 'VariableDeclarator':
        return this.#declarator(node.id, node.init, at);
      case 'BlockStatement':
        return this.#block(node.body, at);
      case 'ForStatement':
        return this.#loop([node.init], [node.init, node.test, node.update, node.body], at);
      case 'ForInStatement':
      case 'ForOfStatement': {
        if (node.left.type !== 'VariableDeclaration') this.#assign(node.left, at);
        return this.#loop([node.left], [node.left, node.right, node.body], at);
      }
      case 'SwitchStatement':
        this.#visit(node.discriminant, at);
        return this.#inner(at, (scope) => scope.declareLexical(node.cases.flatMap(({ consequent }) => consequent)), [
          ...node.cases,
        ]);
      case 'CatchClause':
        return this.#inner(at, (scope) => scope.declare(node.param), [node.param, node.body]);
      case 'Property':
        if (node.computed) this.#visit(node.key, at);
        return this.#property(node.value, at);
      case 'LabeledStatement':
        return this.#visit(node.body, at);
      case 'BreakStatement':
      case 'ContinueStatement':
        return undefined;
      default:
        return this.#all(childrenOf(node), at);
    }
  }

  #all(nodes: readonly (AnyNode | null | undefined)[], at: Surroundings): void {
    for (const node of nodes) this.#visit(node, at);
  }

  #inner(at: Surroundings, declare: (scope: Scope) => void, nodes: readonly (AnyNode | null | undefined)[]): void {
    const scope = new Scope(at.scope);
    declare(scope);
    this.#all(nodes, { ...at, scope });
  }

  #block(statements: readonly AnyNode[], at: Surroundings): void {
    this.#inner(at, (scope) => scope.declareLexical(statements), statements);
  }

  #loop(
    heads: readonly (AnyNode | null | undefined)[],
    nodes: readonly (AnyNode | null | undefined)[],
    at: Surroundings,
  ): void {
    const declarations = heads.filter((head) => head?.type === 'VariableDeclaration') as AnyNode[];
    this.#inner(at, (scope) => scope.declareLexical(declarations), nodes);
  }

  // A method in an object literal has a `super` of its own, which a plain function in the same place has not.
  #property(value: AnyNode, at: Surroundings): void {
    if (value.type === 'FunctionExpression') this.#function(value, { ...at, hasSuper: true }, 'inner', true);
    else this.#visit(value, at);
  }

  #function(node: FunctionNode, at: Surroundings, owner: Surroundings['owner'], method = false): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    const inside: Surroundings = {
      ...at,
      owner: isArrow ? at.owner : owner,
      hasArguments: at.hasArguments || !isArrow,
      hasSuper: isArrow || method ? at.hasSuper : false,
      sloppy: at.sloppy && !isStrict(node),
    };
    // A default value sees the parameters, not what the body declares.
    const parameters = new Scope(at.scope);
    if (node.type === 'FunctionExpression') parameters.declare(node.id);
    for (const parameter of node.params) parameters.declare(parameter);
    for (const parameter of node.params) this.#visit(parameter, { ...inside, scope: parameters });
    if (node.body.type !== 'BlockStatement') return this.#visit(node.body, { ...inside, scope: parameters });
    const body = new Scope(parameters);
    body.declareLexical(node.body.body);
    body.declareVars(node.body, inside.sloppy);
    this.#all(node.body.body, { ...inside, scope: body });
    return undefined;
  }

  #class(node: Class, at: Surroundings, withParent = true): void {
    const scope = new Scope(at.scope);
    scope.declare(node.id);
    const privateNames = node.body.body.flatMap((member) =>
      'key' in member && member.key.type === 'PrivateIdentifier' ? [member.key.name] : [],
    );
    const around: Surroundings = { ...at, scope, privateNames: [...at.privateNames, ...privateNames], sloppy: false };
    if (withParent) this.#visit(node.superClass, around);
    const inside: Surroundings = { ...around, owner: 'inner', hasArguments: false, hasSuper: true };
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        const block = new Scope(scope);
        block.declareLexical(member.body);
        block.declareVars(member, inside.sloppy);
        this.#all(member.body, { ...inside, scope: block });
        continue;
      }
      if (member.computed) this.#visit(member.key, around);
      if (member.type === 'MethodDefinition') this.#function(member.value, inside, 'inner', true);
      else this.#visit(member.value, inside);
    }
  }

  #declarator(id: AnyNode, init: AnyNode | null | undefined, at: Surroundings): void {
    this.#visit(id, at);
    const keys = id.type === 'ObjectPattern' ? plainKeys(id) : undefined;
    if (keys === undefined) return this.#visit(init, at);
    // `const { a, b } = options` reads two properties of `options`.
    const chain = init?.type === 'MemberExpression' ? memberChain(init) : undefined;
    if (init?.type === 'Identifier') for (const key of keys) this.#use(init, [key], at);
    else if (chain?.root.type === 'Identifier' && !chain.cut) {
      for (const key of keys) this.#use(chain.root, [...chain.steps, key], at);
    } else this.#visit(init, at);
    return undefined;
  }

  #call(callee: AnyNode, args: readonly AnyNode[], at: Surroundings): void {
    if (callee.type === 'Identifier' && callee.name === 'eval') this.#obstacle('eval', 'eval', callee);
    const called = callee.type === 'ChainExpression' ? callee.expression : callee;
    if (called.type === 'MemberExpression') this.#member(called, at, 'call');
    else this.#visit(callee, at);
    this.#all(hasUnusedThis(callee, args) ? args.slice(1) : args, at);
  }

  #member(node: MemberExpression, at: Surroundings, how: 'read' | 'call' | 'write'): void {
    const { root, steps, cut, keys } = memberChain(node);
    this.#all(keys, at);
    if (root.type !== 'Identifier') return this.#visit(root, at);
    // A method is called on its receiver, and a write changes the object that has the property.
    const kept = how === 'read' || cut ? steps : steps.slice(0, -1);
    const usage = this.#use(root, kept, at);
    if (usage === undefined) return undefined;
    if (how === 'write') usage.mutated = true;
    else if (how === 'call' && isMutator(steps.at(-1))) usage.mutators.push(steps);
    return undefined;
  }

  #assign(target: AnyNode, at: Surroundings): void {
    switch (target.type) {
      case 'Identifier': {
        const usage = this.#use(target, [], at);
        if (usage !== undefined) usage.assignedAt ??= target.start;
        return;
      }
      case 'MemberExpression':
        return this.#member(target, at, 'write');
      case 'ChainExpression':
        return this.#assign(target.expression, at);
      case 'ObjectPattern':
        for (const property of target.properties) {
          if (property.type === 'RestElement') this.#assign(property.argument, at);
          else {
            if (property.computed) this.#visit(property.key, at);
            this.#assign(property.value, at);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of target.elements) if (element !== null) this.#assign(element, at);
        return;
      case 'AssignmentPattern':
        this.#assign(target.left, at);
        return this.#visit(target.right, at);
      case 'RestElement':
        return this.#assign(target.argument, at);
      default:
        return this.#visit(target, at);
    }
  }

  #use({ name, start }: Identifier, steps: readonly string[], at: Surroundings): Usage | undefined {
    if (at.scope.knows(name)) return undefined;
    if (name === 'arguments' && at.owner !== 'outside' && at.hasArguments) return undefined;
    if (name === 'arguments') {
      this.#obstacles.push({ kind: 'arguments', name, offset: start });
      return undefined;
    }
    let usage = this.#usages.get(name);
    if (usage === undefined) {
      usage = newUsage(name);
      this.#usages.set(name, usage);
    }
    noteUse(usage, steps);
    return usage;
  }

  #this(node: AnyNode, at: Surroundings): void {
    if (at.owner === 'outside') this.#obstacle('this', 'this', node);
    else if (at.owner === 'root') this.#ownThis ??= node.start;
  }

  #metaProperty(meta: string, node: AnyNode, at: Surroundings): void {
    if (meta === 'import') this.#obstacle('import.meta', 'import.meta', node);
    else if (at.owner === 'outside') this.#obstacle('new.target', 'new.target', node);
  }

  #obstacle(kind: Obstacle['kind'], name: string, { start }: AnyNode): void {
    this.#obstacles.push({ kind, name, offset: start });
  }
}

/** The keys of `{ a, b: c }`, or undefined where the pattern takes more than named properties. */
function plainKeys(pattern: AnyNode & { type: 'ObjectPattern' }): string[] | undefined {
  const keys: string[] = [];
  for (const property of pattern.properties) {
    if (property.type === 'RestElement' || property.computed || property.key.type !== 'Identifier') return undefined;
    keys.push(property.key.name);
  }
  return keys.length === 0 ? undefined : keys;
}
