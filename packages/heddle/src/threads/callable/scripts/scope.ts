/**
 * Variables with the values they had when V8 was asked; the last scope is the global object itself. To read a variable that
 * was in its dead zone throws a ReferenceError.
 */
export interface Scope {
  /** What kind of scope V8 says it is: `Closure (name)`, `Block`, `Module`, `Script`, `Global` … */
  readonly description: string;
  readonly object: Readonly<Record<string, unknown>>;
}
