/** An error as it travels in the model. */
export class ModelFailure {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

type Link =
  | { readonly kind: 'pair'; readonly onValue: Step | undefined; readonly onFailure: Step | undefined }
  | { readonly kind: 'waiting'; readonly waiting: ModelDeferred };
type Step = (result: unknown) => unknown;

/**
 * What a Deferred is meant to do, in the plainest words: an array of links and
 * a recursion. No care for the stack, for speed or for memory.
 */
export class ModelDeferred {
  /** Settled by `settlePromises`, in the order in which the callbacks returned them. */
  static promises: { promise: ModelPromise; deferred: ModelDeferred }[] = [];

  links: Link[] = [];
  result: unknown;
  called = false;
  running = false;
  swallows = false;
  cancelling = false;
  pauses = 0;
  waitsFor: ModelDeferred | undefined;
  readonly canceller: ((deferred: ModelDeferred) => void) | undefined;

  constructor(canceller?: (deferred: ModelDeferred) => void) {
    this.canceller = canceller;
  }

  addCallback(onValue: Step): void {
    this.add({ kind: 'pair', onValue, onFailure: undefined });
  }

  addErrback(onFailure: Step): void {
    this.add({ kind: 'pair', onValue: undefined, onFailure });
  }

  addBoth(onResult: Step): void {
    this.add({ kind: 'pair', onValue: onResult, onFailure: onResult });
  }

  callback(value: unknown): void {
    if (this.called && !this.swallows) throw new Error('AlreadyCalledError');
    if (this.called) this.swallows = false;
    else this.settle(value);
  }

  errback(error: unknown): void {
    this.callback(new ModelFailure(error));
  }

  cancel(): void {
    if (this.called) {
      this.waitsFor?.cancel();
      return;
    }
    if (this.cancelling) return;
    this.cancelling = true;
    if (this.canceller === undefined) this.swallows = true;
    else this.canceller(this);
    this.cancelling = false;
    if (!this.called) this.settle(new ModelFailure('CancelledError'));
  }

  pause(): void {
    this.pauses++;
  }

  unpause(): void {
    if (this.pauses === 0) throw new Error('NotPausedError');
    this.pauses--;
    this.run();
  }

  private settle(result: unknown): void {
    this.called = true;
    this.result = result;
    this.run();
  }

  private add(link: Link): void {
    this.links.push(link);
    this.run();
  }

  private get free(): boolean {
    return this.called && !this.running && this.pauses === 0 && this.waitsFor === undefined;
  }

  private run(): void {
    while (this.free) {
      const link = this.links.shift();
      if (link === undefined) return;
      if (link.kind === 'pair') {
        this.call(this.result instanceof ModelFailure ? link.onFailure : link.onValue);
      } else {
        link.waiting.waitsFor = undefined;
        link.waiting.result = this.result;
        this.result = undefined;
        link.waiting.run();
      }
    }
  }

  private call(step: Step | undefined): void {
    if (step === undefined) return;
    this.running = true;
    try {
      const answer = step(this.result);
      if (answer instanceof ModelDeferred) this.waitFor(answer);
      else if (answer instanceof ModelPromise) this.waitFor(answer.deferred());
      else this.result = answer;
    } catch (error) {
      this.result = error instanceof ModelFailure ? error : new ModelFailure(error);
    }
    this.running = false;
  }

  private waitFor(inner: ModelDeferred): void {
    for (let next: ModelDeferred | undefined = inner; next !== undefined; next = next.waitsFor) {
      if (next === this) throw 'InvalidArgumentError';
    }
    this.waitsFor = inner;
    inner.add({ kind: 'waiting', waiting: this });
  }
}

/** A promise that is settled already; like a real one it tells so in a later turn. */
export class ModelPromise {
  readonly result: unknown;

  constructor(result: unknown) {
    this.result = result;
  }

  deferred(): ModelDeferred {
    const deferred = new ModelDeferred();
    ModelDeferred.promises.push({ promise: this, deferred });
    return deferred;
  }

  /** What the microtasks of one turn do. */
  static settleAll(): void {
    for (let next = ModelDeferred.promises.shift(); next !== undefined; next = ModelDeferred.promises.shift()) {
      next.deferred.callback(next.promise.result);
    }
  }
}
