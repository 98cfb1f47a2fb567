import { types } from 'node:util';
import type { Scope } from '../scripts/scope.ts';
import { isOwnGlobal } from './global-names.ts';
import type { Literal } from './literal.ts';
import type { Usage } from './usage.ts';

/** A variable of the surroundings, with the value it has now. */
export interface Variable {
  readonly usage: Usage;
  readonly value: unknown;
  /** Whether it stands at the top of its module. */
  readonly atTop: boolean;
  /** Whether it has not been initialised yet. */
  readonly inDeadZone: boolean;
}

/** What was read of functions whose variables have got the only value they will ever have. */
const fixed = new WeakMap<Function, readonly Variable[]>();

/** The variables that were read for this function before and still hold, if they do. */
export function fixedVariables(f: Function): readonly Variable[] | undefined {
  return fixed.get(f);
}

/**
 * Reads the variables of the surroundings that a function uses. What is a global of every thread, or
 * nowhere to be found, is left to the thread.
 */
export function readVariables(f: Function, literal: Literal, scopes: readonly Scope[]): readonly Variable[] {
  const variables: Variable[] = [];
  let mayChange = false;
  for (const usage of literal.usages) {
    const { name } = usage;
    if (name === literal.parentName) {
      variables.push({ usage, value: parentOf(f), atTop: false, inDeadZone: false });
      continue;
    }
    const scope = scopes.find(({ object }) => Object.hasOwn(object, name));
    if (scope === undefined) continue;
    if (scope.description === 'Global' && isOwnGlobal(name)) continue;
    const atTop = isTop(scope, scopes, literal);
    const read = readFrom(scope, name);
    const value = literal.memories.has(name) ? undefined : read?.value;
    variables.push({ usage, value, atTop, inDeadZone: read === undefined });
    if (value === undefined || isShared(scope) || isAssignedTo(name, literal)) mayChange = true;
  }
  if (!mayChange && literal.facts.known) fixed.set(f, variables);
  return variables;
}

/** What a class extends; of one that extends null, V8 tells only what is behind all functions, which makes nothing. */
function parentOf(f: Function): unknown {
  const parent: unknown = Object.getPrototypeOf(f);
  return typeof parent === 'function' && !Object.hasOwn(parent, 'prototype') ? null : parent;
}

/** Whether code of other scripts can assign to its variables, which those of `with` are, too: they are an object's. */
function isShared({ description }: Scope): boolean {
  return description === 'Script' || description === 'Global' || description === 'With Block';
}

// What is made by `eval` sees variables of the code around that, which is in another text.
function isAssignedTo(name: string, { facts, script }: Literal): boolean {
  return facts.reassigned.has(name) || facts.evaluates || script === '';
}

/** What a variable held when its scope was asked for; undefined for one in its dead zone. */
export function readFrom({ object }: Scope, name: string): { readonly value: unknown } | undefined {
  try {
    return { value: object[name] };
  } catch (error) {
    if (types.isNativeError(error) && error.name === 'ReferenceError') return undefined;
    throw error;
  }
}

function isTop(scope: Scope, scopes: readonly Scope[], literal: Literal): boolean {
  if (!literal.isModule && (scope.description === 'Script' || scope.description === 'Global')) return true;
  return scope === topScope(scopes, literal);
}

/** The variables at the top of a module; of a CommonJS file, they are those of the function that Node wraps around it. */
export function topScope(scopes: readonly Scope[], { isModule }: Literal): Scope | undefined {
  return isModule
    ? scopes.find(({ description }) => description === 'Module')
    : scopes.findLast(({ description }) => description.startsWith('Closure'));
}
