/**
 * What a class of every copy of the library inherits from in this thread: an application and a package may each bring one,
 * and a thread's own code is another. To ask for it by `instanceof` takes no longer than to ask for the class.
 */
export type OfAllCopies = abstract new () => object;

/** @param name by which all copies know it */
export function ofAllCopies(name: string): OfAllCopies {
  const known = globalThis as unknown as Record<symbol, OfAllCopies | undefined>;
  return (known[Symbol.for(name)] ??= class {});
}
