import type { Scope } from '../scripts/scope.ts';
import type { Literal } from './literal.ts';
import type { ModuleFacts } from './module-facts.ts';
import { readFrom, topScope } from './variables.ts';

/**
 * What stands at the top of the modules that the functions of one capture were written in, as it was when V8 was first asked
 * for it. A function that the called one uses may have to be searched for before it is asked for its own, some turns later.
 */
export class TopsOfModules {
  #tops: Map<ModuleFacts, Scope> | undefined;

  /**
   * The scopes of a function, with the top of its module as it was first.
   *
   * @param name the variable that the function was found in, where it was found in one
   */
  asFirstRead(f: Function, literal: Literal, scopes: readonly Scope[], name: string): readonly Scope[] {
    const { facts } = literal;
    const top = facts.known ? topScope(scopes, literal) : undefined;
    if (top === undefined) return scopes;
    const first = this.#tops?.get(facts);
    if (first === undefined) {
      this.#tops ??= new Map();
      this.#tops.set(facts, top);
      return scopes;
    }
    // A file that was loaded twice has its variables twice, and functions of its own in them.
    if (!holds(first, name, f) || !holds(top, name, f)) return scopes;
    return scopes.map((scope) => (scope === top ? first : scope));
  }
}

function holds(scope: Scope, name: string, f: Function): boolean {
  return Object.hasOwn(scope.object, name) && readFrom(scope, name)?.value === f;
}
