import type { Refusal } from '../wire/errors/callable-error.ts';
import type { FunctionReference } from '../wire/reference.ts';
import type { CapturedCall } from './capture/captured-call.ts';

/**
 * Functions whose address is known.
 *
 * A function keeps its address for life, so a program pays for finding it once.
 */
export const references: WeakMap<Function, FunctionReference> = new WeakMap();

/** Functions that no thread can ever reach, whatever the program loads or exports later. */
export const refusals: WeakMap<Function, Refusal> = new WeakMap();

/** Functions that the build plug-in gave an address, with the values that their closures hold. */
export const addressedCalls: WeakMap<Function, CapturedCall> = new WeakMap();
