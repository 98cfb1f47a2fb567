import { AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';
import type { Deferred, observe, settle } from './deferred.ts';
import { AlreadyCalledError, type CancelledError, InvalidArgumentError } from './errors.ts';
import { Failure, isFailure } from './failure.ts';
import { logError } from './log-error.ts';

/** Thrown when something is to be run as a coroutine and is neither a generator nor a promise. */
export class NotACoroutineError extends TypeError {
  override readonly name: string = 'NotACoroutineError';
  readonly code: 'HEDDLE_NOT_A_COROUTINE' = 'HEDDLE_NOT_A_COROUTINE';

  constructor(
    found: unknown,
    message: string = `Expected a generator, a promise or a Deferred, not ${inspect(found, { depth: 0 })}.`,
  ) {
    super(message);
  }
}

/** Whether `value` is what calling a `function*` gives. Generators of async functions are not: they need a loop. */
export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { next, throw: throwInto, [Symbol.iterator]: iterator } = value as Partial<Generator>;
  return typeof next === 'function' && typeof throwInto === 'function' && typeof iterator === 'function';
}

/**
 * Drives a generator from one Deferred that it yields to the next. It runs as
 * far as results are at hand, and goes on from the place that fires the
 * Deferred it waits for, each time in the async context it left off in.
 */
export class Coroutine {
  readonly #generator: Generator<unknown, unknown, unknown>;
  readonly #observe: typeof observe;
  readonly #settle: typeof settle;
  readonly #toAwaited: (value: unknown) => Deferred<unknown> | undefined;
  readonly #take = (result: unknown): Deferred<unknown> | undefined => this.#resume(result);
  #result: Deferred<unknown> | undefined = undefined;
  #scope: AsyncResource = newScope();
  #awaited: Deferred<unknown> | undefined = undefined;
  /** A cancel that came while the generator ran; it is for the next Deferred that has to be waited for. */
  #cancelled: CancelledError | undefined = undefined;
  /** While set, a result is not for the generator at once but for the loop that is about to wait for it. */
  #asking = false;
  #answered = false;
  /** Whether the generator has ended, and what is waited for is what it returned. */
  #returned = false;
  #answer: unknown = undefined;

  /**
   * @param access how to look at a Deferred and how to settle one, passed in because Deferred itself makes coroutines
   * @param toAwaited gives the Deferred to wait for when the generator yields `value`, if any
   */
  constructor(
    generator: Generator<unknown, unknown, unknown>,
    access: { readonly observe: typeof observe; readonly settle: typeof settle },
    toAwaited: (value: unknown) => Deferred<unknown> | undefined,
  ) {
    this.#generator = generator;
    this.#observe = access.observe;
    this.#settle = access.settle;
    this.#toAwaited = toAwaited;
  }

  /**
   * Runs the generator up to the first Deferred that has no result. `result` will be settled with its end; where
   * that comes at once, the caller runs the chain.
   */
  start(result: Deferred<unknown>): void {
    this.#result = result;
    this.#scope.runInAsyncScope(this.#advance, this, undefined);
  }

  /** Cancels the Deferred that is being waited for; the generator sees that as an error and may go on. */
  cancel(reason: CancelledError): void {
    if (this.#awaited === undefined) this.#cancelled = reason;
    else this.#awaited.cancel(reason.cause);
  }

  /** These give the Deferred of the coroutine back when they have settled it. */
  #resume(result: unknown): Deferred<unknown> | undefined {
    if (this.#asking) {
      this.#answered = true;
      this.#answer = result;
      return undefined;
    }
    this.#awaited = undefined;
    if (this.#returned) return this.#end(result);
    return this.#scope.runInAsyncScope(this.#advance, this, result);
  }

  #advance(result: unknown): Deferred<unknown> | undefined {
    let sent = result;
    for (;;) {
      let done: boolean | undefined;
      let value: unknown;
      let awaited: Deferred<unknown> | undefined;
      try {
        // Where it is no generator of the language's own, its step may be anything as well.
        const step = sent instanceof Failure ? this.#generator.throw(sent.value) : this.#generator.next(sent);
        ({ done, value } = requireStep(step));
      } catch (error) {
        return this.#end(isFailure(error) ? error : new Failure(error));
      }
      if (done === true) return this.#return(value);
      try {
        awaited = this.#toAwaited(value);
        this.#refuseOwn(awaited);
      } catch (error) {
        sent = new Failure(error);
        continue;
      }
      if (awaited === undefined) {
        sent = value;
        continue;
      }
      if (!this.#hasAnswer(awaited)) {
        this.#scope = newScope();
        this.#waitFor(awaited);
        return undefined;
      }
      sent = this.#answer;
      this.#answer = undefined;
    }
  }

  /** It would wait for itself for ever, and a cancel would go round in a circle. */
  #refuseOwn(awaited: Deferred<unknown> | undefined): void {
    if (awaited === undefined || awaited !== this.#result || awaited.called) return;
    throw new InvalidArgumentError(
      'A coroutine waits for its own Deferred, which has no result before the coroutine ends.',
    );
  }

  /** Looks at a Deferred: its result is in `#answer` now, or goes to the generator later. */
  #hasAnswer(awaited: Deferred<unknown>): boolean {
    this.#answered = false;
    this.#asking = true;
    this.#observe(awaited, this.#take, true);
    this.#asking = false;
    return this.#answered;
  }

  #waitFor(awaited: Deferred<unknown>): void {
    this.#awaited = awaited;
    const reason = this.#cancelled;
    if (reason === undefined) return;
    this.#cancelled = undefined;
    try {
      awaited.cancel(reason.cause);
    } catch (error) {
      logError(new Failure(error), 'A canceller threw an error when a coroutine was cancelled');
    }
  }

  /** A Deferred or promise that is returned is waited for, as in an async function. */
  #return(value: unknown): Deferred<unknown> | undefined {
    let awaited: Deferred<unknown> | undefined;
    try {
      awaited = isGenerator(value) ? undefined : this.#toAwaited(value);
      this.#refuseOwn(awaited);
    } catch (error) {
      return this.#end(new Failure(error));
    }
    if (awaited === undefined) return this.#end(value);
    if (this.#hasAnswer(awaited)) return this.#end(this.#answer);
    this.#returned = true;
    this.#waitFor(awaited);
    return undefined;
  }

  #end(result: unknown): Deferred<unknown> | undefined {
    if (this.#result === undefined) return undefined;
    if (!this.#result.called) return this.#settle(this.#result, result);
    // Somebody else has fired it. Those who wait for the same Deferred as this coroutine shall not suffer from that.
    logError(new Failure(new AlreadyCalledError()), 'The Deferred of a coroutine was fired before the coroutine ended');
    return undefined;
  }
}

/** @throws InvalidArgumentError for what the methods of a generator must not give: with it, there would be no end */
function requireStep(step: unknown): IteratorResult<unknown, unknown> {
  if (typeof step === 'object' && step !== null) return step as IteratorResult<unknown, unknown>;
  throw new InvalidArgumentError(
    `The next() and throw() of a generator must give an object with done and value, and those of a coroutine gave ${inspect(step)}.`,
  );
}

function newScope(): AsyncResource {
  return new AsyncResource('HeddleCoroutine', { requireManualDestroy: true });
}
