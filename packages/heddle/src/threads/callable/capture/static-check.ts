import { types } from 'node:util';
import { functionName } from '../../wire/function-name.ts';
import { dataProperty } from '../members.ts';
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

/** Properties that were put on a function, or on the prototype of what it constructs, and what was put behind them. */
function ownState(f: Function): string[] {
  // webpack puts a getter of a module's default export on that itself, as `a`, and makes hardly any use of it.
  const isItself = (key: PropertyKey): boolean => Object.getOwnPropertyDescriptor(f, key)?.get === f;
  const own = Reflect.ownKeys(f).filter((key) => !USUAL.has(key) && !isItself(key));
  if (!isBehindFunctions(Object.getPrototypeOf(f))) own.push('__proto__');
  const prototype = Object.getOwnPropertyDescriptor(f, 'prototype');
  if (prototype === undefined) return own.map(String);
  const { value } = prototype as { value: unknown };
  if (typeof value !== 'object' || value === null) return [...own.map(String), 'prototype'];
  const inherited = Reflect.ownKeys(value).filter((key) => key !== 'constructor');
  const behind = Object.getPrototypeOf(value) as object | null;
  if (!isBehindInstances(behind)) inherited.push('__proto__');
  // `F.prototype = {}`: its instances have another constructor. What a generator goes through has none.
  else if (Object.hasOwn(behind as object, 'isPrototypeOf') && dataProperty(value, 'constructor') !== f) {
    inherited.push('constructor');
  }
  return [...own.map(String), ...inherited.map((key) => `prototype.${String(key)}`)];
}

/**
 * What was put on a class, or in the place of a method, after its body: by decorators that tools have compiled, by
 * assignments. The values of static fields may have changed as well; they are made anew as the text says.
 */
function changedMembers(f: Function, { own, inherited, methods, hasParent }: ClassMembers): string[] {
  const prototype = prototypeOf(f);
  // What has a symbol for a name in the text has it in brackets.
  const added: PropertyKey[] =
    own === undefined ? [] : Reflect.ownKeys(f).filter((key) => !USUAL.has(key) && !own.has(String(key)));
  const addedBelow: PropertyKey[] =
    inherited === undefined
      ? []
      : Reflect.ownKeys(prototype).filter((key) => key !== 'constructor' && !inherited.has(String(key)));
  if (hasParent ? !isBehindClass(f, prototype) : !isBehindInstances(Object.getPrototypeOf(prototype))) {
    addedBelow.push('__proto__');
  }
  if (!hasParent && !isBehindFunctions(Object.getPrototypeOf(f))) added.push('__proto__');
  const text = Function.prototype.toString.call(f);
  const replaced = methods.filter(({ name, isStatic }) => {
    const { value, get, set } = Object.getOwnPropertyDescriptor(isStatic ? f : prototype, name) ?? {};
    return [value, get, set].some(
      (part) => typeof part === 'function' && part !== f && !text.includes(Function.prototype.toString.call(part)),
    );
  });
  const below = addedBelow.map((key) => `prototype.${String(key)}`);
  return [...new Set([...added.map(String), ...below, ...pathsOf(replaced)])];
}

/** Methods of a class's text that have been deleted from it. */
function lostMembers(f: Function, { methods }: ClassMembers): string[] {
  const prototype = prototypeOf(f);
  return pathsOf(methods.filter(({ name, isStatic }) => !Object.hasOwn(isStatic ? f : prototype, name)));
}

/** Also of another realm. */
function isBehindFunctions(prototype: object | null): boolean {
  if (typeof prototype === 'function') return Object.hasOwn(prototype, 'bind');
  return prototype !== null && /^(?:Async)?(?:Generator)?Function$/.test(tagOf(prototype));
}

/** The same of what a function constructs, or a generator goes through. */
function isBehindInstances(prototype: object | null): boolean {
  if (prototype === null) return false;
  return Object.hasOwn(prototype, 'isPrototypeOf') || /^(?:Async)?Generator$/.test(tagOf(prototype));
}

function tagOf(prototype: object): string {
  return String(Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value);
}

/** Whether the prototype of a class has behind it what that of its parent is. Who extends null has a parent without one. */
function isBehindClass(f: Function, prototype: object): boolean {
  const parent = Object.getPrototypeOf(f) as object;
  const given: unknown = types.isProxy(parent)
    ? undefined
    : Object.getOwnPropertyDescriptor(parent, 'prototype')?.value;
  return given === undefined || given === Object.getPrototypeOf(prototype);
}

function prototypeOf(f: Function): object {
  return Reflect.get(f, 'prototype') as object;
}

function pathsOf(methods: ClassMembers['methods']): string[] {
  return methods.map(({ name, isStatic }) => (isStatic ? name : `prototype.${name}`));
}
