import { ThreadEntryMissingError } from '../../errors.ts';
import { CallableError } from '../../wire/errors/callable-error.ts';
import { BoundedMap } from '../../wire/bounded-map.ts';
import { functionName } from '../../wire/function-name.ts';
import { type Origin, originOf } from '../scripts/origin.ts';
import type { Scope } from '../scripts/scope.ts';
import { locationOf } from '../refusals.ts';
import { allowsCodeGeneration } from './code-generation.ts';
import { analyse, type Literal } from './literal.ts';
import { noCodeGeneration, unreadable } from './refusals.ts';
import { fixedVariables, readVariables } from './variables.ts';

type ScriptOrigin = Origin & { readonly kind: 'script' };

/** A function that goes by its text, and what surrounds it at this moment. */
export interface Closure {
  readonly literal: Literal;
  /** Left out where the function uses nothing of it, or nothing that can have changed. */
  readonly scopes: readonly Scope[] | undefined;
}

/** A program has less, except of those that it makes of texts. */
const MOST_LITERALS = 5000;

// By the place in the source: closures that are made there over and over are analysed once.
const literals = new BoundedMap<string, Literal>(MOST_LITERALS);
const literalsOfFunctions = new WeakMap<Function, Literal>();
// By the text, and its mode where that shows: what uses nothing of its surroundings is the same wherever it stands.
const selfContained = new BoundedMap<string, Literal>(MOST_LITERALS);
const argumentsOf = Object.getOwnPropertyDescriptor(Function.prototype, 'arguments')?.get;

/** Whether this function, or one of the same text that uses nothing of its surroundings, was captured before. */
export function isKnownLiteral(f: Function): boolean {
  if (literalsOfFunctions.has(f)) return true;
  if (selfContained.size === 0) return false;
  const literal = selfContained.get(modeAndText(f));
  if (literal === undefined) return false;
  literalsOfFunctions.set(f, literal);
  return true;
}

/** A function that was captured before, with its surroundings as they are now. */
export function knownLiteral(f: Function): Closure {
  const literal = literalsOfFunctions.get(f) as Literal;
  if (literal.usages.length === 0 || fixedVariables(f) !== undefined) return { literal, scopes: undefined };
  const origin = originOf(f);
  return { literal, scopes: origin.kind === 'script' ? origin.scopes : undefined };
}

/** The literal that other closures made at the same place were captured by. */
export function literalAt(origin: ScriptOrigin, f: Function): Literal | undefined {
  const literal = literals.get(placeOf(origin));
  if (literal !== undefined) literalsOfFunctions.set(f, literal);
  return literal;
}

/**
 * Analyses the literal that `f` was made from, at the first of its closures.
 *
 * @throws CallableError where the text cannot be read, or none may be compiled
 */
export function literalOf(f: Function, origin: ScriptOrigin): Closure {
  if (!allowsCodeGeneration()) throw new CallableError(noCodeGeneration(f, locationOf(origin)));
  let literal = literalAt(origin, f);
  if (literal === undefined) {
    try {
      literal = analyse(f, origin);
    } catch (error) {
      if (error instanceof ThreadEntryMissingError) throw error;
      throw new CallableError(unreadable(f, locationOf(origin), error));
    }
    literals.set(placeOf(origin), literal);
    if (isSelfContained(literal)) selfContained.set(modeAndText(f), literal);
    literalsOfFunctions.set(f, literal);
  }
  return { literal, scopes: origin.scopes };
}

/**
 * Whether what V8 says of `f` holds for a later call as well, as far as its source tells: because its module exports it,
 * or because the variables that it uses have got the only values they will ever have.
 */
export function isLasting(origin: Origin, f: Function): boolean {
  if (origin.kind !== 'script') return true;
  try {
    const literal = analyse(f, origin);
    if (literal.usages.length === 0) return true;
    const module = origin.scopes.find(({ description }) => description === 'Module');
    const name = functionName(f);
    if (literal.facts.exported.has(name) && module?.object[name] === f) return true;
    readVariables(f, literal, origin.scopes);
    return fixedVariables(f) !== undefined;
  } catch {
    // What cannot be read, cannot be captured either: the search says so if it comes to that.
    return false;
  }
}

// Not the texts that refuse themselves: those are to say where they stand.
function isSelfContained({ form, usages, obstacles, ownThis, importsDynamically, hasHiddenMode }: Literal): boolean {
  if (form !== 'function' || hasHiddenMode) return false;
  return usages.length + obstacles.length === 0 && ownThis === undefined && !importsDynamically;
}

function modeAndText(f: Function): string {
  return (isSloppy(f) ? 'sloppy ' : '') + Function.prototype.toString.call(f);
}

/**
 * Only functions in sloppy mode tell their `arguments`: until Node 24 they have them as their own property, since Node
 * 26 by a getter that throws for all others. Arrow functions, methods, async functions and generators tell nothing of
 * their mode in any version.
 */
function isSloppy(f: Function): boolean {
  if (Object.hasOwn(f, 'arguments')) return true;
  if (!argumentsOf || !Object.hasOwn(f, 'prototype')) return false;
  try {
    Reflect.apply(argumentsOf, f, []);
    return true;
  } catch {
    return false;
  }
}

function placeOf({ scriptId, line, column }: ScriptOrigin): string {
  return `${scriptId}:${line}:${column}`;
}
