/** The properties that are read of a value: of `req.body.text` and `req.url`, `{ body: { text }, url }`. */
export interface Parts {
  /** Whether the value is used as such, and not only parts of it. */
  whole: boolean;
  readonly parts: Map<string, Parts>;
}

/** How a function uses one variable of its surroundings. */
export interface Usage extends Parts {
  readonly name: string;
  /** Where it is assigned to, as an offset into the function's text. */
  assignedAt: number | undefined;
  /** Whether something is written into the object it holds. */
  mutated: boolean;
  /** The methods, by the way to them, that are called and would do so if they were built in. */
  readonly mutators: (readonly string[])[];
}

export function newUsage(name: string): Usage {
  return { name, assignedAt: undefined, mutated: false, mutators: [], whole: false, parts: new Map() };
}

/** Notes that the value at the end of `steps` is used. */
export function noteUse(usage: Parts, steps: readonly string[]): void {
  let at = usage;
  for (const step of steps) {
    if (at.whole) return;
    // An object has this by what is behind it, and a copy of its parts would have something of its own.
    if (step === '__proto__') break;
    let next = at.parts.get(step);
    if (next === undefined) {
      next = { whole: false, parts: new Map() };
      at.parts.set(step, next);
    }
    at = next;
  }
  at.whole = true;
  at.parts.clear();
}
