import { AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';
import type { Deferred, observe } from './deferred.ts';
import type { CancelledError } from './errors.ts';
import { Failure } from './failure.ts';
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
  readonly #toAwaited: (value: unknown) => Deferred<unknown> | undefined;
  readonly #take = (result: unknown): void => this.#resume(result);
  #result: Deferred<unknown> | undefined = undefined;
  #scope: AsyncResource = newScope();
  #awaited: Deferred<unknown> | undefined = undefined;
  /** A cancel that came while the generator ran; it is for the next Deferred that has to be waited for. */
  #cancelled: CancelledError | undefined = undefined;
  /** While set, a result is not for the generator at once but for the loop that is about to wait for it. */
  #asking = false;
  #answered = false;
  #answer: unknown = undefined;

  /**
   * @param observe how to look at a Deferred, which is passed in because Deferred itself makes coroutines
   * @param toAwaited gives the Deferred to wait for when the generator yields `value`, if any
   */
  constructor(
    generator: Generator<unknown, unknown, unknown>,
    look: typeof observe,
    toAwaited: (value: unknown) => Deferred<unknown> | undefined,
  ) {
    this.#generator = generator;
    this.#observe = look;
    this.#toAwaited = toAwaited;
  }

  /** Runs the generator up to the first Deferred that has no result. `result` will be fired with its end. */
  start(result: Deferred<unknown>): void {
    this.#result = result;
    this.#scope.runInAsyncScope(this.#advance, this, undefined);
  }

  /** Cancels the Deferred that is being waited for; the generator sees that as an error and may go on. */
  cancel(reason: CancelledError): void {
    if (this.#awaited === undefined) this.#cancelled = reason;
    else this.#awaited.cancel(reason.cause);
  }

  #resume(result: unknown): void {
    if (this.#asking) {
      this.#answered = true;
      this.#answer = result;
      return;
    }
    this.#awaited = undefined;
    this.#scope.runInAsyncScope(this.#advance, this, result);
  }

  #advance(result: unknown): void {
    let sent = result;
    for (;;) {
      let step: IteratorResult<unknown, unknown>;
      let awaited: Deferred<unknown> | undefined;
      try {
        step = sent instanceof Failure ? this.#generator.throw(sent.value) : this.#generator.next(sent);
      } catch (error) {
        this.#end(error instanceof Failure ? error : new Failure(error));
        return;
      }
      if (step.done === true) {
        this.#return(step.value);
        return;
      }
      try {
        awaited = this.#toAwaited(step.value);
      } catch (error) {
        sent = new Failure(error);
        continue;
      }
      if (awaited === undefined) {
        sent = step.value;
        continue;
      }
      if (!this.#hasAnswer(awaited)) {
        this.#scope = newScope();
        this.#waitFor(awaited);
        return;
      }
      sent = this.#answer;
      this.#answer = undefined;
    }
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
  #return(value: unknown): void {
    let awaited: Deferred<unknown> | undefined;
    try {
      awaited = isGenerator(value) ? undefined : this.#toAwaited(value);
    } catch (error) {
      this.#end(new Failure(error));
      return;
    }
    if (awaited === undefined) {
      this.#end(value);
      return;
    }
    this.#waitFor(awaited);
    this.#observe(awaited, (result) => this.#end(result), true);
  }

  #end(result: unknown): void {
    this.#awaited = undefined;
    try {
      this.#result?.callback(result);
    } catch (error) {
      // Somebody else has fired it; those who wait for the same Deferred as this coroutine shall not suffer.
      logError(new Failure(error), 'The Deferred of a coroutine was fired from outside before the coroutine ended');
    }
  }
}

function newScope(): AsyncResource {
  return new AsyncResource('HeddleCoroutine', { requireManualDestroy: true });
}
