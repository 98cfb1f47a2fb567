import type { FunctionReference } from '../wire/reference.ts';

/** A function found in this thread, with the object it is a method of. */
export interface LoadedFunction {
  readonly f: Function;
  readonly receiver: unknown;
}

/** Loads the function that a reference names into this thread. */
export async function loadFunction(reference: FunctionReference): Promise<LoadedFunction> {
  throw new Error(`to come: ${reference.kind}`);
}
