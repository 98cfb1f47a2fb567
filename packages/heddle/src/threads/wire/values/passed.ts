import type { JobReference } from '../reference.ts';

// By a name that all copies of the library share: a thread's own code is a bundle of its own.
const PASSED: unique symbol = Symbol.for('heddle.passed');
const RECEIVED: unique symbol = Symbol.for('heddle.received');

/** A function that goes to a thread among other values. */
export type Passed =
  /** One of this thread's own, to be called from there: without waiting, or waiting for what it gives. */
  | { readonly way: 'notify' | 'ask'; readonly f: Function }
  /** One that is to run there. */
  | { readonly way: 'inThread'; readonly f: Function; resolve(): Resolved | Promise<Resolved> };

/** What a thread makes a function from. */
export interface Resolved {
  readonly reference: JobReference;
  /** The values that it captures. */
  readonly values: readonly unknown[];
}

/** A passed function on its way, and the object that stands for it in the value. */
export type PassedFunction = { readonly standIn: object; readonly name: string } & (
  | { readonly way: 'notify' | 'ask'; readonly index: number }
  | { readonly way: 'inThread'; readonly reference: JobReference; readonly values: readonly unknown[] }
);

/** Thrown where a value cannot be sent yet, because it is still looked up how a thread gets a function in it. */
export class StillResolving extends Error {
  readonly resolved: Promise<unknown>;

  constructor(resolved: Promise<unknown>) {
    super();
    this.resolved = resolved;
  }
}

/** Makes `wrapper` say what is to be passed in its place. */
export function markPassed<F extends Function>(wrapper: F, passed: Passed): F {
  return Object.defineProperty(wrapper, PASSED, { value: passed });
}

/** What a function says about how it is to be passed; undefined for a bare one. */
export function passedBy(f: Function): Passed | undefined {
  return Object.hasOwn(f, PASSED) ? (Reflect.get(f, PASSED) as Passed) : undefined;
}

/** Makes `f` say that it calls another thread's function, and by what that was passed here. */
export function markReceived<F extends Function>(f: F, way: 'notify' | 'ask'): F {
  return Object.defineProperty(f, RECEIVED, { value: way });
}

/** By what another thread has passed the function here; undefined for this thread's own. */
export function receivedBy(f: Function): 'notify' | 'ask' | undefined {
  return Object.hasOwn(f, RECEIVED) ? (Reflect.get(f, RECEIVED) as 'notify' | 'ask') : undefined;
}
