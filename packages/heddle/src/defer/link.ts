import { AsyncResource } from 'node:async_hooks';
import { rejectionWithAwaiters } from './awaiting-stack.ts';
import type { Deferred } from './deferred.ts';
import { Failure } from './failure.ts';

/** A callback or an errback, seen without its types: the chain's types live in the signatures of Deferred. */
export type Step = (result: never) => unknown;

/** One place in a Deferred's chain, waiting for its turn. */
export type Link = Pair | Look | Waiter | Chainee;

const SCOPE = { requireManualDestroy: true };

/**
 * A callback and an errback. It is an AsyncResource so that its steps run in
 * the async context of the place that added them, without a second object.
 */
export class Pair extends AsyncResource {
  next: Link | undefined = undefined;
  readonly onValue: Step | undefined;
  readonly onFailure: Step | undefined;

  constructor(onValue: Step | undefined, onFailure: Step | undefined) {
    super('HeddleDeferred', SCOPE);
    this.onValue = onValue;
    this.onFailure = onFailure;
  }
}

/** Somebody who looks at the result and leaves it as it is. */
export class Look {
  next: Link | undefined = undefined;
  /** Returns a Deferred that it has settled, if any. */
  readonly look: (result: unknown) => Deferred<unknown> | undefined;
  /** Whether a failure counts as handled after this look. The Deferred's own bookkeeping counts as nobody. */
  readonly counts: boolean;

  constructor(look: Look['look'], counts: boolean) {
    this.look = look;
    this.counts = counts;
  }
}

type Settle = (result: unknown) => void;

let resolveMade: Settle | undefined;
let rejectMade: Settle | undefined;

// One for all promises: a function made for each, and what it would close over, is a quarter of the memory `then` takes.
function takeFunctions(resolve: Settle, reject: Settle): void {
  resolveMade = resolve;
  rejectMade = reject;
}

/** A native promise that waits for the result and leaves it as it is. A failure counts as handled from then on. */
export class Waiter {
  next: Link | undefined = undefined;
  readonly counts: boolean = true;
  readonly promise: Promise<unknown>;
  readonly #resolve: Settle;
  readonly #reject: Settle;

  constructor() {
    this.promise = new Promise(takeFunctions);
    this.#resolve = resolveMade as Settle;
    this.#reject = rejectMade as Settle;
    resolveMade = undefined;
    rejectMade = undefined;
  }

  look(result: unknown): undefined {
    const rejection = result instanceof Failure ? rejectionWithAwaiters(result.value) : undefined;
    if (rejection !== undefined) this.#resolve(rejection);
    else if (result instanceof Failure) this.#reject(result.value);
    else this.#resolve(result);
  }
}

/** Another Deferred that waits for this one's result and takes it. */
export class Chainee {
  next: Link | undefined = undefined;
  readonly deferred: Deferred<unknown>;

  constructor(deferred: Deferred<unknown>) {
    this.deferred = deferred;
  }
}

/** `step` with more arguments after the result, under its own name. */
export function withArguments(step: Step, ...args: readonly unknown[]): Step {
  const call = step as (...resultAndArgs: unknown[]) => unknown;
  return { [step.name]: (result: unknown): unknown => call(result, ...args) }[step.name] as Step;
}
