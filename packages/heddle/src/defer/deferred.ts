import { type InspectOptionsStylized, inspect } from 'node:util';
import { isAbortSignal } from './abort-signal.ts';
import { onAbort } from './abort-watch.ts';
import { ofAllCopies } from './all-copies.ts';
import { requireScheduledCall, requireTimeSource, type ScheduledCall, systemTime, type TimeSource } from './clock.ts';
import { Coroutine, isGenerator, NotACoroutineError } from './coroutine.ts';
import { debugging, formatHistory, historyOf, recordAdded, recordFired, recordMade, setDebugging } from './debug.ts';
import { AlreadyCalledError, CancelledError, InvalidArgumentError, NotPausedError, TimeoutError } from './errors.ts';
import { Failure, isFailure } from './failure.ts';
import { logError } from './log-error.ts';
import { dispatchRecord } from './dispatch.ts';
import { requireFunction } from './require-function.ts';
import { Chainee, type Link, Look, Pair, type Step, Waiter, withArguments } from './link.ts';
import { type DeferredState, renderDeferred } from './render.ts';
import { isThenable } from './thenable.ts';
import { forgetUnhandled, noteUnhandled, type UnhandledRecord } from './unhandled.ts';
import { whenSettled } from './when-settled.ts';

/** What a callback's answer becomes in the chain: Deferreds and promises are waited for, a Failure is no value. */
export type Settled<U> = Exclude<Awaited<Exclude<U, Failure>>, Failure>;

/**
 * Called by {@link Deferred.cancel} while the Deferred has no result, to stop
 * the work that would fire it. It may fire the Deferred itself; where it does
 * not, the Deferred fails with `reason`.
 */
export type Canceller<T> = (deferred: Deferred<T>, reason: CancelledError) => void;

/** What a chain can pass its result to: properties, since the compiler would let a method take less than it must. */
export interface Chained<T> {
  readonly callback: (value: T) => void;
  readonly errback: (reason: unknown) => void;
}

// Inside, a chain has no static type: what flows through it changes with every step.
type AnyDeferred = Deferred<unknown>;

const OfAnyCopy = ofAllCopies('heddle.deferreds');

/** Whether it is a Deferred, of whichever copy of the library: one of another has to be asked by its methods. */
export function isDeferred(value: unknown): value is AnyDeferred {
  return value instanceof OfAnyCopy;
}

/**
 * Calls `look` with the value or the Failure when the chain of `deferred` gets
 * there, at once where it has, and leaves the result in place. A look that
 * `counts` marks a failure as handled. For Heddle's own combinators, which
 * cannot wait for the later turn in which a promise would tell them.
 *
 * A look that settles another Deferred returns it, so that its chain is run
 * next, and not inside this one: long rows of them do not grow the stack.
 */
export let observe: (deferred: AnyDeferred, look: Look['look'], counts: boolean) => void;

/** Gives an unfired Deferred its result; for a look, which returns the Deferred to have its chain run. */
export let settle: <T extends AnyDeferred>(deferred: T, result: unknown) => T;

/** An object that does what a canceller does, without a function for each. */
export interface CancelTarget {
  abandon(reason: CancelledError): unknown;
}

/** A Deferred that has `target` abandoned when it is cancelled. It takes less memory than one with a canceller. */
export let deferredOf: (target: CancelTarget) => Deferred<unknown>;

/** What a canceller of Heddle's own answers when the work may go on after a cancel: the Deferred stays unfired. */
export const goesOn: unique symbol = Symbol('goesOn');

/**
 * A result that is not there yet, with the chain of callbacks that it will
 * pass through: Twisted's Deferred, which is also a promise to everyone who
 * looks (`await`, `then`, `Promise.all`).
 *
 * Each link of the chain is a pair: the callback gets a value, the errback a
 * {@link Failure}. What the one that runs returns or throws is the result for
 * the next link. Callbacks run synchronously when the Deferred is fired, those
 * added later run at once. A callback that returns a Deferred or a promise
 * makes the chain wait for it.
 *
 * `addCallback` and its siblings change this Deferred and return it, with the
 * type of what it holds from there on. `then`, `await` and `yield*` only
 * observe: they leave the result where it is, for any number of others.
 *
 * @example
 * ```ts
 * import { Deferred } from 'heddle/defer';
 *
 * const d = new Deferred<number>();
 * d.addCallback((n) => n * 2).addCallback((n) => console.log(n)); // 42, when it fires
 * d.callback(21);
 * ```
 */
export class Deferred<T> implements Promise<T> {
  #result: unknown = undefined;
  /** The result once more, when it is a failure. */
  #failure: Failure | undefined = undefined;
  #called = false;
  #running = false;
  /** Set by a cancel without a canceller: whoever was to fire this Deferred may still try, once. */
  #swallowsNextFiring = false;
  #pauses = 0;
  // Typed so that a Deferred<string> is still a Deferred<string | number>.
  #canceller: Canceller<never> | CancelTarget | undefined;
  #firstLink: Link | undefined = undefined;
  #lastLink: Link | undefined = undefined;
  /** Whether another Deferred has waited for this one; only then can a wait close a circle. */
  #waitedFor = false;
  #waitingFor: AnyDeferred | undefined = undefined;
  /** The failure that somebody has looked at by `then`, `await` or `yield*`. */
  #observed: Failure | undefined = undefined;
  #unhandled: UnhandledRecord | undefined = undefined;

  /**
   * @param canceller stops the work behind this Deferred when it is cancelled
   * @throws InvalidArgumentError when it is no function
   */
  constructor(canceller?: Canceller<T>) {
    if (canceller !== undefined) requireFunction(canceller, "A Deferred's canceller");
    this.#canceller = canceller as Canceller<never> | undefined;
    if (debugging) recordMade(this);
  }

  static {
    Object.setPrototypeOf(Deferred.prototype, OfAnyCopy.prototype);
    observe = (deferred, look, counts) => {
      deferred.#push(new Look(look, counts));
    };
    deferredOf = (target) => {
      const deferred = new Deferred<unknown>();
      deferred.#canceller = target;
      return deferred;
    };
    settle = (deferred, result) => {
      deferred.#settle(result);
      return deferred;
    };
    // Defined here because the name of such a method cannot stand in a declaration file.
    Object.defineProperty(Deferred.prototype, inspect.custom, {
      value(this: AnyDeferred, depth: number, options: InspectOptionsStylized): string {
        return renderDeferred(this.#state(), depth, options);
      },
    });
  }

  /** The debug mode of all Deferreds; see {@link setDebugging}. */
  static get debug(): boolean {
    return debugging;
  }

  static set debug(on: boolean) {
    setDebugging(on);
  }

  /** A Deferred that fires with what `promise` settles to. Cancelling it gives up waiting. */
  static fromPromise<T>(promise: PromiseLike<T>): Deferred<Awaited<T>> {
    return follow(promise, new Deferred());
  }

  /**
   * Runs a coroutine that is already made, and fires with what it returns or
   * throws: a generator that yields Deferreds, or the promise of an async
   * function. To make a function that starts one, see {@link inlineCallbacks}.
   *
   * @throws NotACoroutineError when it is neither a generator nor a promise
   */
  static fromCoroutine<R>(coroutine: Generator<unknown, R, unknown> | PromiseLike<R>): Deferred<Settled<R>> {
    if (isThenable(coroutine)) return Deferred.fromPromise(coroutine) as AnyDeferred as Deferred<Settled<R>>;
    if (!isGenerator(coroutine)) throw new NotACoroutineError(coroutine);
    const running = new Coroutine(coroutine, { observe, settle }, toAwaited);
    const result = new Deferred<Settled<R>>((_, reason) => {
      running.cancel(reason);
      return goesOn;
    });
    running.start(result as AnyDeferred);
    result.#run();
    return result;
  }

  /** Whether this Deferred has been fired. Its chain may still be waiting. */
  get called(): boolean {
    return this.#called;
  }

  get [Symbol.toStringTag](): string {
    return 'Deferred';
  }

  /**
   * Fires this Deferred with a value and runs its chain, before it returns.
   * A Failure given here counts as an error.
   *
   * @throws AlreadyCalledError when it was fired before
   * @throws InvalidArgumentError when `value` is a Deferred: see {@link chainDeferred}
   */
  callback(value: T): void {
    if (isDeferred(value)) {
      throw new InvalidArgumentError(
        'A Deferred cannot be fired with a Deferred. To pass its result on, use other.chainDeferred(this).',
      );
    }
    this.#fire(value);
  }

  /**
   * Fires this Deferred with an error, which is wrapped in a Failure unless it
   * is one.
   *
   * @throws AlreadyCalledError when it was fired before
   */
  errback(reason: unknown): void {
    this.#fire(isFailure(reason) ? reason : new Failure(reason));
  }

  /** Adds a callback for the value; a failure passes by. Arguments after it follow the value in the call. */
  addCallback<U, A extends unknown[]>(onValue: (value: T, ...args: A) => U, ...args: A): Deferred<Settled<U>> {
    const step = requireStep(onValue, 'callback');
    // V8 makes no array of the arguments where they are only counted and passed on.
    this.#add(args.length === 0 ? step : withArguments(step, ...args), undefined);
    return this as unknown as Deferred<Settled<U>>;
  }

  /** Adds an errback for a failure; a value passes by. What it returns is a value for the next callback. */
  addErrback<U, A extends unknown[]>(
    onFailure: (failure: Failure, ...args: A) => U,
    ...args: A
  ): Deferred<T | Settled<U>> {
    const step = requireStep(onFailure, 'errback');
    this.#add(undefined, args.length === 0 ? step : withArguments(step, ...args));
    return this as unknown as Deferred<T | Settled<U>>;
  }

  /** Adds one function for both: it gets the value or the Failure. For what must be done either way. */
  addBoth<U, A extends unknown[]>(onResult: (result: T | Failure, ...args: A) => U, ...args: A): Deferred<Settled<U>> {
    const given = requireStep(onResult, 'callback');
    const step = args.length === 0 ? given : withArguments(given, ...args);
    this.#add(step, step);
    return this as unknown as Deferred<Settled<U>>;
  }

  /**
   * Adds a callback and an errback as one link: exactly one of them runs, and
   * an error that the callback throws is not seen by the errback beside it.
   * `undefined` in either place lets the result pass.
   */
  addCallbacks<U>(onValue: (value: T) => U, onFailure?: undefined): Deferred<Settled<U>>;
  addCallbacks<V>(onValue: undefined, onFailure: (failure: Failure) => V): Deferred<T | Settled<V>>;
  addCallbacks<U, V>(onValue: (value: T) => U, onFailure: (failure: Failure) => V): Deferred<Settled<U> | Settled<V>>;
  addCallbacks<U = never, V = never>(
    onValue: ((value: T) => U) | undefined,
    onFailure?: ((failure: Failure) => V) | undefined,
  ): Deferred<T | Settled<U> | Settled<V>>;
  addCallbacks<U, A extends unknown[], V = never, B extends unknown[] = []>(
    onValue: (value: T, ...args: A) => U,
    onFailure: ((failure: Failure, ...args: B) => V) | undefined,
    valueArgs: A,
    ...failureArgs: [] extends B ? [failureArgs?: B] : [failureArgs: B]
  ): Deferred<Settled<U> | Settled<V>>;
  addCallbacks(
    onValue: ((value: T, ...args: never) => unknown) | undefined,
    onFailure?: ((failure: Failure, ...args: never) => unknown) | undefined,
    valueArgs?: readonly unknown[],
    failureArgs?: readonly unknown[],
  ): AnyDeferred {
    const value = onValue === undefined ? undefined : requireStep(onValue, 'callback');
    const failure = onFailure === undefined ? undefined : requireStep(onFailure, 'errback');
    if (valueArgs) requireArguments(valueArgs, 'callback');
    if (failureArgs) requireArguments(failureArgs, 'errback');
    this.#add(
      value && valueArgs ? withArguments(value, ...valueArgs) : value,
      failure && failureArgs ? withArguments(failure, ...failureArgs) : failure,
    );
    return this as AnyDeferred;
  }

  /**
   * Fires `other` with the result this chain has here. Afterwards the result
   * is `undefined`: it has gone to `other`. Cancelling `other` does not reach
   * this Deferred.
   *
   * @throws InvalidArgumentError when `other` is no Deferred, nor anything else that can be fired
   */
  chainDeferred(other: Chained<T>): Deferred<void> {
    if (other instanceof Deferred && other.callback === Deferred.prototype.callback) {
      this.#push(new Look((result) => this.#passOn(result, other as AnyDeferred), true));
      return this as unknown as Deferred<void>;
    }
    if (typeof other?.callback !== 'function' || typeof other.errback !== 'function') {
      throw new InvalidArgumentError(
        `What a Deferred passes its result on to must be a Deferred, not ${inspect(other, { depth: 0 })}.`,
      );
    }
    return this.addCallbacks(
      (value) => other.callback(value),
      (failure) => other.errback(failure),
    );
  }

  /**
   * Gives up waiting. Without a result yet, the canceller is called, and
   * unless it fires this Deferred, it fails with a {@link CancelledError}; a
   * Deferred without a canceller swallows one later firing. A chain that waits
   * for another Deferred passes the cancel on to that one. With a result at
   * hand, nothing happens.
   *
   * @param cause becomes the `cause` of the CancelledError
   * @throws whatever the canceller throws; the Deferred is then as it was
   */
  cancel(cause?: unknown): void {
    this.#cancel(
      cause === undefined ? new CancelledError() : new CancelledError('The Deferred was cancelled.', { cause }),
    );
  }

  /**
   * Cancels this Deferred when `signal` aborts, while its chain up to here has no result.
   *
   * @throws InvalidArgumentError when it is no AbortSignal
   */
  cancelOn(signal: AbortSignal): this {
    if (!isAbortSignal(signal)) {
      throw new InvalidArgumentError(
        `A Deferred is cancelled on an AbortSignal, not on ${inspect(signal, { depth: 0 })}.`,
      );
    }
    const abort = (): void => {
      this.#cancel(new CancelledError('The Deferred was cancelled: its signal was aborted.', { cause: signal.reason }));
    };
    if (signal.aborted) {
      abort();
      return this;
    }
    const stopListening = onAbort(signal, abort);
    return this.#tap((): undefined => {
      stopListening();
    });
  }

  /**
   * Cancels this Deferred after `timeout` milliseconds, unless the chain as it
   * stands now has a result by then. Callbacks added later have no limit.
   *
   * @param timeout milliseconds; Infinity for none
   * @param clock what counts the time; Node's timers by default
   * @param onTimeoutCancel gives the result after a timeout; by default the
   *   CancelledError becomes a {@link TimeoutError} and anything else passes
   * @throws InvalidArgumentError when one of them is not what it should be
   */
  addTimeout(timeout: number, clock?: TimeSource): Deferred<T>;
  addTimeout<U>(
    timeout: number,
    clock: TimeSource | undefined,
    onTimeoutCancel: ((result: T | Failure, timeout: number) => U) | undefined,
  ): Deferred<T | Settled<U>>;
  addTimeout(
    timeout: number,
    clock: TimeSource = systemTime,
    onTimeoutCancel: (result: T | Failure, timeout: number) => unknown = cancelledToTimedOut,
  ): AnyDeferred {
    if (!(typeof timeout === 'number' && timeout >= 0)) {
      throw new InvalidArgumentError(`A timeout must be 0 or more milliseconds, not ${inspect(timeout)}.`);
    }
    requireTimeSource(clock);
    requireStep(onTimeoutCancel, 'onTimeoutCancel');
    let timedOut = false;
    const timer: ScheduledCall = clock.callLater(timeout, () => {
      timedOut = true;
      this.cancel();
    });
    requireScheduledCall(timer);
    this.#tap((): undefined => {
      if (timer.active()) timer.cancel();
    });
    return this.addBoth((result) => (timedOut ? onTimeoutCancel(result, timeout) : result));
  }

  /** Holds the chain: nothing in it runs until {@link unpause} has been called as often as this. */
  pause(): void {
    this.#pauses++;
  }

  /**
   * Takes one {@link pause} back.
   *
   * @throws NotPausedError when there is none to take back
   */
  unpause(): void {
    // A wait for another Deferred holds the chain as well, but is not ours to end.
    if (this.#pauses === (this.#waitingFor === undefined ? 0 : 1)) throw new NotPausedError();
    this.#pauses--;
    this.#run();
  }

  // biome-ignore lint/suspicious/noThenProperty: a Deferred is a promise to everyone who looks.
  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    // biome-ignore lint/suspicious/noExplicitAny: as for a promise, so that handlers may name the error they expect.
    onRejected?: ((reason: any) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.toPromise().then(onFulfilled, onRejected);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as for a promise, so that handlers may name the error they expect.
  catch<R = never>(onRejected?: ((reason: any) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.toPromise().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.toPromise().finally(onFinally);
  }

  /** `yield* deferred` waits for the result, in a generator that {@link inlineCallbacks} runs. */
  *[Symbol.iterator](): Generator<Deferred<T>, T, unknown> {
    return (yield this) as T;
  }

  /** A native promise of the result this chain has here, which stays in the chain as well. */
  toPromise(): Promise<T> {
    if (this.#isIdle()) {
      if (this.#failure === undefined) return Promise.resolve(this.#result as T);
      this.#observed = this.#failure;
      this.#markHandled();
      return Promise.reject(this.#failure.value);
    }
    const waiter = new Waiter();
    this.#push(waiter);
    return waiter.promise as Promise<T>;
  }

  #state(): DeferredState {
    return {
      deferred: this,
      called: this.#called,
      running: this.#running,
      pauses: this.#pauses - (this.#waitingFor === undefined ? 0 : 1),
      result: this.#result,
      waitingFor: this.#waitingFor,
      firstLink: this.#firstLink,
    };
  }

  #fire(result: unknown): void {
    if (!this.#mayFire()) return;
    this.#settle(result);
    this.#run();
  }

  /** Whether it is to be fired now; not where a cancel has done so before. */
  #mayFire(): boolean {
    if (!this.#called) return true;
    if (!this.#swallowsNextFiring) throw new AlreadyCalledError(formatHistory(historyOf(this)));
    this.#swallowsNextFiring = false;
    return false;
  }

  /** Gives the result to `other`, and that back where it is settled by this: a long row is fired without recursion. */
  #passOn(result: unknown, other: AnyDeferred): AnyDeferred | undefined {
    this.#letGo();
    try {
      return other.#mayFire() ? settle(other, result) : undefined;
    } catch (error) {
      this.#hold(new Failure(error));
      return undefined;
    }
  }

  #settle(result: unknown): void {
    if (debugging) recordFired(this);
    this.#called = true;
    this.#canceller = undefined;
    this.#hold(result);
  }

  #hold(result: unknown): void {
    this.#result = result;
    this.#failure = result instanceof Failure ? result : undefined;
  }

  #cancel(reason: CancelledError): void {
    let target: AnyDeferred = this as AnyDeferred;
    while (target.#called) {
      if (target.#waitingFor === undefined) return;
      target = target.#waitingFor;
    }
    if (target.#canceller === undefined) {
      target.#swallowsNextFiring = true;
    } else {
      if (!target.#callCanceller(target.#canceller, reason)) return;
    }
    target.#settle(new Failure(reason));
    target.#run();
  }

  /** Whether the Deferred is still to be failed afterwards. */
  #callCanceller(canceller: Canceller<never> | CancelTarget, reason: CancelledError): boolean {
    // A canceller that cancels the Deferred itself shall not be called again.
    this.#canceller = beingCancelled as Canceller<never>;
    try {
      const isFunction = typeof canceller === 'function';
      const answer: unknown = isFunction ? canceller(this as never, reason) : canceller.abandon(reason);
      return !this.#called && answer !== goesOn;
    } finally {
      if (!this.#called) this.#canceller = canceller;
    }
  }

  /** Whether a link added now would be the next to run. */
  #isIdle(): boolean {
    return this.#called && !this.#running && this.#pauses === 0 && this.#firstLink === undefined;
  }

  #add(onValue: Step | undefined, onFailure: Step | undefined): void {
    if (!this.#isIdle()) {
      const pair = new Pair(onValue, onFailure);
      if (debugging) recordAdded(pair);
      this.#push(pair);
      return;
    }
    // The result is here, and so is the async context: no link need be made.
    // Two calls rather than one of a chosen function: so V8 can inline the callback into the place that adds it.
    if (this.#failure === undefined) {
      if (onValue !== undefined) this.#take(onValue, undefined);
    } else if (onFailure !== undefined) {
      this.#take(onFailure, undefined);
    }
    if (this.#firstLink !== undefined || this.#failure !== undefined) this.#run();
  }

  /** Calls `f` when the chain gets here, and passes the result on. */
  #tap(f: () => undefined): this {
    this.#push(new Look(f, false));
    return this;
  }

  #push(link: Link): void {
    if (this.#lastLink === undefined) this.#firstLink = link;
    else this.#lastLink.next = link;
    this.#lastLink = link;
    if (this.#called) this.#run();
  }

  /** Runs the chain as far as it goes, and those of the Deferreds that its result went to, without recursion. */
  #run(): void {
    if (!this.#called || this.#running) return;
    let current: AnyDeferred = this as AnyDeferred;
    let suspended: AnyDeferred[] | undefined;
    for (;;) {
      const woken = current.#advance();
      if (woken === undefined) {
        const resumed = suspended?.pop();
        if (resumed === undefined) return;
        resumed.#running = false;
        current = resumed;
      } else {
        if (current.#running || current.#firstLink !== undefined || current.#result instanceof Failure) {
          if (suspended === undefined) suspended = [];
          suspended.push(current);
        }
        current = woken;
      }
    }
  }

  /** Runs links until there are none, until the chain must wait, or until another Deferred has its result by them. */
  #advance(): AnyDeferred | undefined {
    while (this.#pauses === 0 && !this.#running) {
      const link = this.#firstLink;
      if (link === undefined) {
        this.#noteFailure();
        return undefined;
      }
      this.#firstLink = link.next;
      if (link.next === undefined) this.#lastLink = undefined;
      if (link instanceof Pair) {
        const step = this.#failure === undefined ? link.onValue : link.onFailure;
        if (step !== undefined) this.#take(step, link);
      } else if (link instanceof Chainee) {
        const { deferred } = link;
        deferred.#waitingFor = undefined;
        deferred.#pauses--;
        deferred.#takeFrom(this as AnyDeferred);
        return deferred;
      } else {
        const settled = this.#show(link);
        if (settled !== undefined) {
          // What runs there runs within a callback of this one.
          this.#running = true;
          return settled;
        }
      }
    }
    return undefined;
  }

  /** The one place where a function of the chain is called and its answer becomes the result. */
  #take(step: Step, scope: Pair | undefined): void {
    this.#markHandled();
    this.#running = true;
    const call = step as (result: unknown) => unknown;
    const record = dispatchRecord;
    const begun = record === undefined ? 0 : record.begins();
    try {
      const answer = scope === undefined ? call(this.#result) : scope.runInAsyncScope(call, undefined, this.#result);
      // Most answers are neither a promise nor a Failure, and can be told so by their type alone.
      if (typeof answer === 'object' || typeof answer === 'function') {
        this.#holdOrWait(answer);
      } else {
        this.#result = answer;
        this.#failure = undefined;
      }
    } catch (error) {
      this.#hold(isFailure(error) ? error : new Failure(error));
    } finally {
      this.#running = false;
      if (record !== undefined) record.ended(step, begun);
    }
  }

  #holdOrWait(answer: unknown): void {
    if (isThenable(answer)) this.#waitFor(toDeferred(answer));
    else this.#hold(answer);
  }

  #show(link: Look | Waiter): AnyDeferred | undefined {
    if (link.counts && this.#failure !== undefined) {
      this.#observed = this.#failure;
      this.#markHandled();
    }
    return link.look(this.#result);
  }

  /** Makes the chain wait for a Deferred that a callback returned, and takes its result away from it. */
  #waitFor(inner: AnyDeferred): void {
    if (inner === (this as AnyDeferred) || (this.#waitedFor && this.#isAwaitedBy(inner))) {
      throw new InvalidArgumentError('A callback returned a Deferred that waits for the callback itself to be done.');
    }
    if (inner.#isIdle()) {
      this.#takeFrom(inner);
    } else {
      this.#pauses++;
      this.#waitingFor = inner;
      inner.#waitedFor = true;
      inner.#push(new Chainee(this as AnyDeferred));
    }
  }

  /**
   * Whether `other` waits for this Deferred, be it by way of others. Looks from both ends at once: one of them is mostly
   * near, where many wait in a line.
   */
  #isAwaitedBy(other: AnyDeferred): boolean {
    const awaiting: AnyDeferred[] = [];
    let link = this.#firstLink;
    for (let next = other.#waitingFor; next !== (this as AnyDeferred); next = next.#waitingFor) {
      if (next === undefined) return false;
      while (link === undefined) {
        const waits = awaiting.pop();
        if (waits === undefined) return false;
        if (waits === other) return true;
        link = waits.#firstLink;
      }
      if (link instanceof Chainee) awaiting.push(link.deferred);
      link = link.next;
    }
    return true;
  }

  /** The result goes over to this Deferred, and with it the duty to report a failure. */
  #takeFrom(inner: AnyDeferred): void {
    inner.#markHandled();
    this.#result = inner.#result;
    this.#failure = inner.#failure;
    inner.#letGo();
  }

  /** What another has from now on is as new should it come back. */
  #letGo(): void {
    this.#result = undefined;
    this.#failure = undefined;
    this.#observed = undefined;
  }

  #markHandled(): void {
    if (this.#unhandled === undefined) return;
    forgetUnhandled(this.#unhandled);
    this.#unhandled = undefined;
  }

  /** At the end of the chain: a failure that nobody took or looked at will be reported. */
  #noteFailure(): void {
    if (this.#failure === undefined || this.#unhandled !== undefined) return;
    if (this.#observed !== this.#failure) this.#unhandled = noteUnhandled(this, this.#failure);
  }
}

/**
 * What a chain waits for, as a Deferred. A cancel goes on to a Deferred of another copy of the library as it does to one of
 * this copy: that decides what becomes of the work.
 */
export function toDeferred(awaited: PromiseLike<unknown>): AnyDeferred {
  if (awaited instanceof Deferred) return awaited;
  if (!isDeferred(awaited)) return Deferred.fromPromise(awaited);
  const canceller = (_: AnyDeferred, reason: CancelledError): typeof goesOn => {
    awaited.cancel(reason.cause);
    return goesOn;
  };
  return follow(awaited, new Deferred<unknown>(canceller));
}

/** Fires `deferred` with what `promise` settles to. */
function follow<T>(promise: PromiseLike<T>, deferred: Deferred<Awaited<T>>): Deferred<Awaited<T>> {
  void whenSettled(
    promise,
    (value) => end(deferred, value),
    (reason) => end(deferred, isFailure(reason) ? reason : new Failure(reason)),
  );
  return deferred;
}

/** Nobody is there who could be told that others have fired it before, and that is not to end the program. */
function end(deferred: AnyDeferred, result: unknown): void {
  try {
    deferred.callback(result);
  } catch (error) {
    logError(new Failure(error), 'A Deferred was fired before the promise that it waits for was settled');
    // Nobody else will ever hear of that one.
    if (isFailure(result)) logError(result, 'The promise was rejected');
  }
}

/** What a coroutine waits for when it yields or returns `value`; `undefined` for a plain value. */
function toAwaited(value: unknown): AnyDeferred | undefined {
  if (value instanceof Deferred) return value;
  if (isGenerator(value)) return Deferred.fromCoroutine(value);
  if (isThenable(value)) return toDeferred(value);
  return undefined;
}

function requireStep(step: unknown, role: string): Step {
  if (typeof step === 'function') return step as Step;
  throw new InvalidArgumentError(`A Deferred's ${role} must be a function, not ${inspect(step, { depth: 0 })}.`);
}

function requireArguments(args: unknown, role: string): void {
  if (Array.isArray(args)) return;
  throw new InvalidArgumentError(
    `The further arguments of a Deferred's ${role} must be an array, not ${inspect(args, { depth: 0 })}.`,
  );
}

const beingCancelled = (): typeof goesOn => goesOn;

function cancelledToTimedOut(result: unknown, timeout: number): unknown {
  if (!(result instanceof Failure)) return result;
  result.trap(CancelledError);
  throw new TimeoutError(timeout);
}
