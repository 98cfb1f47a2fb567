import type { Refusal } from '../wire/errors/callable-error.ts';
import type { FunctionReference } from '../wire/reference.ts';
import type { AddressedFunction } from './addressed-function.ts';

/**
 * Functions whose address is known.
 *
 * A function keeps its address for life, so a program pays for finding it once.
 */
export const references: WeakMap<Function, FunctionReference> = new WeakMap();

/** Functions that no thread can ever reach, whatever the program loads or exports later. */
export const refusals: WeakMap<Function, Refusal> = new WeakMap();

/** Functions that the build plug-in gave an address. */
export const addresses: WeakMap<Function, AddressedFunction> = new WeakMap();
