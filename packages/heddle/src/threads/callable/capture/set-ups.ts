import type { AnyNode, CallExpression, ExpressionStatement } from 'acorn';
import type { ImportedName } from './module-facts.ts';
import { memberChain } from './syntax.ts';

/** What libraries call the methods that change what they do from then on. */
const SETS_UP =
  /^(?:(?:add|change|configure?|define|disable|enable|extend|import|init|install|load|override|register|set|update|use)(?:$|[A-Z])|(?:defaults|initialize|locale|mixin|plugin|setup)$)/;

/** What has the same names, and changes its first argument, with how many arguments it takes: `_.defaults(config, { size: 2 })`. */
const CHANGES_ARGUMENT = new Map([
  ['defaults', 2],
  ['extend', 2],
  ['set', 3],
  ['update', 3],
]);

/** Exports of packages by which the others are set up, such as luxon's `Settings`. */
const FOR_ALL = /^(?:config|defaults|options|settings)$/i;

/** A call or an assignment by which a module sets up what a name stands for, such as `dayjs.extend(utc)`. */
export interface SetUp {
  readonly name: string;
  /** From the name to the method or the property. */
  readonly path: readonly string[];
  readonly isCall: boolean;
}

/**
 * What a statement sets up by a value that nobody takes, as libraries are set up.
 *
 * @param isOfOthers whether a name stands for what another module exports
 */
export function setUpBy({ expression }: ExpressionStatement, isOfOthers: (name: string) => boolean): SetUp | undefined {
  let at: AnyNode = expression;
  let first: SetUp | undefined;
  let isFound = false;
  if (at.type === 'AssignmentExpression') {
    if (at.left.type !== 'MemberExpression') return undefined;
    const { root, steps } = memberChain(at.left);
    return root.type === 'Identifier' ? { name: root.name, path: steps, isCall: false } : undefined;
  }
  for (;;) {
    if (at.type === 'AwaitExpression' || (at.type === 'UnaryExpression' && at.operator === 'void')) at = at.argument;
    else if (at.type === 'ChainExpression') at = at.expression;
    else if (at.type === 'CallExpression' && at.callee.type === 'MemberExpression') {
      const { root, steps } = memberChain(at.callee);
      const method = steps.at(-1) ?? '';
      isFound ||= SETS_UP.test(method) && !changesArgument(method, at.arguments, isOfOthers);
      if (root.type === 'Identifier') first = { name: root.name, path: steps, isCall: true };
      at = root;
    } else return isFound ? first : undefined;
  }
}

/** As it is written. */
export function wayTo({ name, path }: Pick<SetUp, 'name' | 'path'>): string {
  return [name, ...path].join('.');
}

/** Whether that is the option `initThread` of a pool, or a variable or function of that name. */
export function isInitThread(node: AnyNode): boolean {
  const named = node.type === 'Property' ? node.key : 'id' in node ? node.id : undefined;
  return named?.type === 'Identifier' && named.name === 'initThread';
}

/** The way to the method or the property, where a call or an assignment goes by a name. */
export function wayOfSetUp(node: AnyNode): string | undefined {
  const target =
    node.type === 'CallExpression' ? node.callee : node.type === 'AssignmentExpression' ? node.left : undefined;
  if (target?.type !== 'MemberExpression') return undefined;
  const { root, steps } = memberChain(target);
  return root.type === 'Identifier' ? wayTo({ name: root.name, path: steps }) : undefined;
}

/** Whether it goes by an export that sets up the others, where the name stands for all exports. */
export function isForAll({ path }: SetUp): boolean {
  return path.length > 1 && isSettings(path[0]);
}

function isSettings(exported: string | undefined): boolean {
  return FOR_ALL.test(exported ?? '');
}

/** Whether it is for a variable of the module's own that a method changes what is given to it first, as lodash's do. */
function changesArgument(
  method: string,
  args: CallExpression['arguments'],
  isOfOthers: (name: string) => boolean,
): boolean {
  const [first] = args;
  if (first === undefined || args.length < (CHANGES_ARGUMENT.get(method) ?? Number.POSITIVE_INFINITY)) return false;
  const changed = first.type === 'MemberExpression' ? memberChain(first).root : first;
  return changed.type === 'Identifier' && !isOfOthers(changed.name);
}

/** What was noted last of each variable: by what it is set up where it is declared. */
export class SetUps {
  readonly #all = new Map<string, Map<number, readonly [start: number, end: number, setUp: SetUp]>>();

  /**
   * Takes the place of what was noted of the same variable.
   *
   * @param start where the code begins in which the name means this variable
   */
  note(name: string, start: number, end: number, setUp: SetUp): void {
    const ofName = this.#all.get(name) ?? new Map<number, readonly [number, number, SetUp]>();
    this.#all.set(name, ofName.set(start, [start, end, setUp]));
  }

  /** In a bundle, one thing may be imported by several names; and some packages have one that sets up all of them. */
  share(imports: ReadonlyMap<string, ImportedName>): void {
    for (const [name, ofName] of this.#all) {
      const own = imports.get(name);
      if (own === undefined) continue;
      for (const [other, { specifier, exported }] of imports) {
        if (this.#all.has(other) || specifier !== own.specifier) continue;
        if (exported === own.exported || isSettings(own.exported)) {
          for (const one of ofName.values()) this.note(other, ...one);
        }
      }
    }
  }

  /** What sets up the variable that a name means at an offset. */
  of(name: string, offset: number): SetUp | undefined {
    for (const [start, end, setUp] of this.#all.get(name)?.values() ?? []) {
      if (start < offset && offset < end) return setUp;
    }
    return undefined;
  }
}
