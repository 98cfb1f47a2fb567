import type { Address } from './address.ts';
import type { CapturedReference } from './captured.ts';

/**
 * How the reactor tells a thread which function to run: an address that both
 * sides can resolve; only for a function that has none, its text.
 */
export type FunctionReference = Address | CapturedReference | FactoryReference;

/** The same of whatever one job calls. */
export type JobReference =
  | FunctionReference
  | SequenceReference
  | WrappedReference
  | WithinReference
  | ReleaseReference;

/** Functions that one job calls one after the other. */
export interface SequenceReference {
  readonly kind: 'sequence';
  readonly functions: readonly JobReference[];
}

/**
 * A function that is not simply called: its items are sent one by one; what it makes is kept in the thread; it gets what
 * is kept there; it is called for its effect, and what it gives stays in the thread.
 */
export interface WrappedReference {
  readonly kind: 'iterate' | 'bind' | 'bound' | 'effect';
  readonly of: JobReference;
}

/**
 * A function that runs within stores of the thread's own instances of these AsyncLocalStorages. The values of the
 * stores come before those that the function captures.
 */
export interface WithinReference {
  readonly kind: 'within';
  readonly function: JobReference;
  readonly storages: readonly Address[];
}

/** Disposes of an object that is kept in the thread. */
export interface ReleaseReference {
  readonly kind: 'release';
}

/** An export that the build plug-in wrote: called with the captured values of a job, it gives the function. */
export interface FactoryReference {
  readonly kind: 'factory';
  readonly url: string;
  readonly name: string;
}
