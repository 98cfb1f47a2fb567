import type { FunctionReference } from '../wire/reference.ts';
import type { Refusal } from '../wire/callable-error.ts';

/**
 * Functions whose address is known; a promise while their module is being asked.
 *
 * A function keeps its address for life, so a program pays for finding it once.
 */
export const references: WeakMap<Function, FunctionReference | Promise<FunctionReference>> = new WeakMap();

/** Functions that no thread can ever reach, whatever the program loads or exports later. */
export const refusals: WeakMap<Function, Refusal> = new WeakMap();
