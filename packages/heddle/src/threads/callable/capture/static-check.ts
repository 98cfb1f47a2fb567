import * as refuse from './refusals.ts';

/**
 * Refuses a function whose text shows that it cannot work elsewhere.
 *
 * @param steps the function comes last; before it those through which it was reached
 * @throws CallableError
 */
export function checkLiteral(steps: readonly refuse.Step[]): void {
  const { f, literal } = steps.at(-1) as refuse.Step;
  if (literal.form === 'getter') throw refuse.accessor(steps);
  if (literal.form === 'private') throw refuse.privateMethod(steps);
  const [obstacle] = literal.obstacles;
  if (obstacle !== undefined) throw refuse.textObstacle(steps, obstacle);
  for (const { name, assignedAt } of literal.usages) {
    if (assignedAt !== undefined) throw refuse.assigns(steps, name, assignedAt);
  }
  // Other functions may be called as constructors and methods, and then have a `this`.
  if (steps.length === 1 && literal.ownThis !== undefined) throw refuse.ownThis(steps, literal.ownThis);
  if (literal.importsDynamically && !/^(?:file:|\/|[a-z]:[\\/])/i.test(literal.script)) {
    throw refuse.importWithoutFile(steps);
  }
  const state = literal.form === 'class' ? [] : ownState(f);
  if (state.length > 0) throw refuse.functionState(steps, state);
}

const USUAL: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Properties that were put on a function, or on the prototype of what it constructs. */
function ownState(f: Function): string[] {
  const own = Object.getOwnPropertyNames(f).filter((key) => !USUAL.has(key));
  const prototype: unknown = Object.getOwnPropertyDescriptor(f, 'prototype')?.value;
  if (typeof prototype !== 'object' || prototype === null) return own;
  const inherited = Object.getOwnPropertyNames(prototype).filter((key) => key !== 'constructor');
  return [...own, ...inherited.map((key) => `prototype.${key}`)];
}
