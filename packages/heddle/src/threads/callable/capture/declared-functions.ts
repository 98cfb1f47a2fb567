import type { FunctionDeclaration } from 'acorn';
import { type EnclosingFunction, ownerOf } from './enclosing-function.ts';

/** What a name stands in; undefined for the module itself. */
type Around = EnclosingFunction | undefined;

/** Finds the function declarations of a script whose variables get another value: the function that it declares is not all they hold. */
export class DeclaredFunctions {
  readonly #declared: (readonly [name: string, start: number, around: Around])[] = [];
  readonly #written = new Map<string, Set<Around>>();

  see({ id, start }: FunctionDeclaration | { id: null; start: number }, around: Around): void {
    if (id !== null) this.#declared.push([id.name, start, around]);
  }

  /** Sees that something is assigned to a name. */
  written(name: string, around: Around): void {
    const known = this.#written.get(name);
    if (known === undefined) this.#written.set(name, new Set([around]));
    else known.add(around);
  }

  /** Where they start. */
  replaced(): Set<number> {
    const starts = new Set<number>();
    const owners = new Map<string, Set<Around>>();
    for (const [name, start, around] of this.#declared) {
      const written = this.#written.get(name);
      if (written === undefined) continue;
      let owned = owners.get(name);
      if (owned === undefined) {
        owned = new Set([...written].map((place) => ownerOf(name, place)));
        owners.set(name, owned);
      }
      if (owned.has(ownerOf(name, around))) starts.add(start);
    }
    return starts;
  }
}
