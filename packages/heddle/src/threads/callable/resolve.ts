import type { FunctionReference } from '../wire/reference.ts';

/**
 * Finds the address under which a thread can load `f`.
 *
 * Answers at once for a function seen before or found among what is loaded,
 * with a promise where a module must be asked for its namespace.
 *
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`.
 */
export function resolveCallable(f: Function): FunctionReference | Promise<FunctionReference> {
  throw new Error(`to come: ${f.name}`);
}
