import type { AnyNode, ExpressionStatement } from 'acorn';
import type { ImportedName } from './module-facts.ts';
import { memberChain } from './syntax.ts';

/** What libraries call the methods that change what they do from then on. */
const SETS_UP =
  /^(?:(?:add|change|configure?|define|disable|enable|extend|import|init|install|load|override|register|set|update|use)(?:$|[A-Z])|(?:defaults|initialize|locale|mixin|plugin|setup)$)/;

/** Exports of packages by which the others are set up, such as luxon's `Settings`. */
const FOR_ALL = /^(?:config|defaults|options|settings)$/i;

/** A call or an assignment by which a module sets up what a name stands for, such as `dayjs.extend(utc)`. */
export interface SetUp {
  readonly name: string;
  /** From the name to the method or the property. */
  readonly path: readonly string[];
  readonly isCall: boolean;
}

/** What a statement sets up by a value that nobody takes, as libraries are set up. */
export function setUpBy({ expression }: ExpressionStatement): SetUp | undefined {
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
      isFound ||= SETS_UP.test(steps.at(-1) ?? '');
      if (root.type === 'Identifier') first = { name: root.name, path: steps, isCall: true };
      at = root;
    } else return isFound ? first : undefined;
  }
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
        if (exported === own.exported || FOR_ALL.test(own.exported ?? '')) {
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
