import { functionName } from '../function-name.ts';
import type { ClassMembers } from './class-parts.ts';
import * as refuse from './refusals.ts';

/** What Vite and Vitest write in the place of `import()`. A function of theirs, that only they can call. */
const VITES_IMPORT = '__vite_ssr_dynamic_import__';

/**
 * Refuses a function whose text shows that it cannot work elsewhere.
 *
 * @param steps the function comes last; before it those through which it was reached
 * @throws CallableError
 */
export function checkLiteral(steps: readonly refuse.Step[]): void {
  const { f, literal, accessor } = steps.at(-1) as refuse.Step;
  const needsObject = literal.form === 'getter' || literal.form === 'setter';
  if (needsObject && accessor === undefined) throw refuse.accessor(steps);
  if (literal.form === 'private') throw refuse.privateMethod(steps);
  const [obstacle] = literal.obstacles;
  if (obstacle !== undefined) throw refuse.textObstacle(steps, obstacle);
  for (const { name, assignedAt } of literal.usages) {
    if (name === VITES_IMPORT) throw refuse.importByVite(steps);
    if (assignedAt !== undefined) throw refuse.assigns(steps, name, assignedAt);
  }
  // Other functions may be called as constructors and methods, and then have a `this`.
  if (steps.length === 1 && literal.ownThis !== undefined) throw refuse.ownThis(steps, literal.ownThis);
  if (literal.importsDynamically && !/^(?:file:|\/|[a-z]:[\\/])/i.test(literal.script)) {
    throw refuse.importWithoutFile(steps);
  }
  const state = literal.members === undefined ? ownState(f) : changedMembers(f, literal.members);
  if (state.length > 0) throw refuse.functionState(steps, state);
  const lost = literal.members === undefined ? [] : lostMembers(f, literal.members);
  if (lost.length > 0) throw refuse.lostMembers(steps, lost);
  // Many only note something about the class elsewhere.
  if (literal.members !== undefined && literal.facts.decorated.has(functionName(f))) throw refuse.decorators(steps);
}

const USUAL: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Properties that were put on a function, or on the prototype of what it constructs. */
function ownState(f: Function): string[] {
  // webpack puts a getter of a module's default export on that itself, as `a`, and makes hardly any use of it.
  const isItself = (key: string): boolean => Object.getOwnPropertyDescriptor(f, key)?.get === f;
  const own = Object.getOwnPropertyNames(f).filter((key) => !USUAL.has(key) && !isItself(key));
  const prototype: unknown = Object.getOwnPropertyDescriptor(f, 'prototype')?.value;
  if (typeof prototype !== 'object' || prototype === null) return own;
  const inherited = Object.getOwnPropertyNames(prototype).filter((key) => key !== 'constructor');
  return [...own, ...inherited.map((key) => `prototype.${key}`)];
}

/**
 * What was put on a class, or in the place of a method, after its body: by decorators that tools have compiled, by
 * assignments. The values of static fields may have changed as well; they are made anew as the text says.
 */
function changedMembers(f: Function, { own, inherited, methods }: ClassMembers): string[] {
  const prototype = prototypeOf(f);
  const added =
    own === undefined ? [] : Object.getOwnPropertyNames(f).filter((key) => !USUAL.has(key) && !own.has(key));
  const addedBelow =
    inherited === undefined
      ? []
      : Object.getOwnPropertyNames(prototype).filter((key) => key !== 'constructor' && !inherited.has(key));
  const text = Function.prototype.toString.call(f);
  const replaced = methods.filter(({ name, isStatic }) => {
    const { value, get, set } = Object.getOwnPropertyDescriptor(isStatic ? f : prototype, name) ?? {};
    return [value, get, set].some(
      (part) => typeof part === 'function' && part !== f && !text.includes(Function.prototype.toString.call(part)),
    );
  });
  return [...new Set([...added, ...addedBelow.map((key) => `prototype.${key}`), ...pathsOf(replaced)])];
}

/** Methods of a class's text that have been deleted from it. */
function lostMembers(f: Function, { methods }: ClassMembers): string[] {
  const prototype = prototypeOf(f);
  return pathsOf(methods.filter(({ name, isStatic }) => !Object.hasOwn(isStatic ? f : prototype, name)));
}

function prototypeOf(f: Function): object {
  return Reflect.get(f, 'prototype') as object;
}

function pathsOf(methods: ClassMembers['methods']): string[] {
  return methods.map(({ name, isStatic }) => (isStatic ? name : `prototype.${name}`));
}
