import { AsyncResource } from 'node:async_hooks';
import type { Deferred } from './deferred.ts';

/** One step of a chain, seen without its types: the chain's types live in the signatures of Deferred. */
export type Step = (...resultAndArgs: never) => unknown;

/** What a link is there for. */
export type LinkKind =
  /** A pair of a callback and an errback. */
  | 'step'
  /** Somebody who looks at the result and leaves it as it is. */
  | 'observer'
  /** The Deferred's own bookkeeping: it learns that the chain got here, and counts as nobody. */
  | 'tap'
  /** Another Deferred that waits for this one's result and takes it. */
  | 'chainee';

/** A link of a Deferred's chain that waits for its turn. */
export class Link {
  readonly kind: LinkKind;
  readonly onValue: Step | undefined;
  readonly onFailure: Step | undefined;
  readonly valueArgs: readonly unknown[] | undefined;
  readonly failureArgs: readonly unknown[] | undefined;
  readonly chainee: Deferred<unknown> | undefined;
  /** The async context of the place that added the link; its steps run there. */
  readonly scope: AsyncResource | undefined;

  constructor(
    kind: LinkKind,
    onValue: Step | undefined,
    onFailure: Step | undefined,
    valueArgs: readonly unknown[] | undefined,
    failureArgs: readonly unknown[] | undefined,
    chainee: Deferred<unknown> | undefined,
  ) {
    this.kind = kind;
    this.onValue = onValue;
    this.onFailure = onFailure;
    this.valueArgs = valueArgs;
    this.failureArgs = failureArgs;
    this.chainee = chainee;
    this.scope = kind === 'step' ? new AsyncResource('HeddleDeferred', { requireManualDestroy: true }) : undefined;
  }
}
