import type { Address } from './address.ts';
import type { CapturedReference } from './captured.ts';

/**
 * How the reactor tells a thread which function to run: an address that both
 * sides can resolve; only for a function that has none, its text.
 */
export type FunctionReference = Address | CapturedReference;
