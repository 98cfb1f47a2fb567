import { AsyncResource } from 'node:async_hooks';
import { type InspectOptionsStylized, inspect } from 'node:util';
import type { ScheduledCall } from '../defer/clock.ts';
import { debugging, placeOf, recordAdded } from '../defer/debug.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { requireFunction } from '../defer/require-function.ts';
import { AlreadyCalled, AlreadyCancelled } from './errors.ts';
import { nameOf } from './event-call.ts';

/** The time source that a delayed call belongs to. */
export interface DelayedCallOwner {
  /** Milliseconds, on the scale of {@link DelayedCall.getTime}. */
  now(): number;
  /** The call is due at another time than before. */
  rescheduled(call: DelayedCall): void;
  /** The call will not be made. */
  cancelled(call: DelayedCall): void;
}

/**
 * A call that the reactor, or a `Clock`, will make later. It can be cancelled,
 * put off, or begun anew.
 *
 * After Twisted's `IDelayedCall`.
 *
 * @example
 * ```ts
 * import { reactor } from 'heddle/reactor';
 *
 * const call = reactor.callLater(5_000, () => console.log('five seconds of silence'));
 * call.reset(5_000); // somebody spoke
 * call.cancel();
 * console.log(call.active()); // prints false
 * ```
 */
export class DelayedCall implements ScheduledCall {
  readonly #owner: DelayedCallOwner;
  /** The async context of the place that made the call, in which it is made. */
  readonly #scope = new AsyncResource('HeddleDelayedCall', { requireManualDestroy: true });
  #call: (() => unknown) | undefined;
  #time: number;
  #state: 'waiting' | 'done' | 'cancelled' = 'waiting';
  /** What the call is named in messages. */
  readonly functionName: string;

  /**
   * @param time when the call is due, on the owner's scale
   * @throws InvalidArgumentError when `f` is no function
   */
  constructor(owner: DelayedCallOwner, time: number, f: (...args: never[]) => unknown, args: readonly unknown[]) {
    requireFunction(f, 'What is called later');
    this.#owner = owner;
    this.#time = time;
    this.#call = () => f(...(args as never[]));
    this.functionName = nameOf(f);
    if (debugging) recordAdded(this);
  }

  static {
    // Defined here because the name of such a method cannot stand in a declaration file.
    Object.defineProperty(DelayedCall.prototype, inspect.custom, {
      value(this: DelayedCall, _depth: number, options: InspectOptionsStylized): string {
        return `DelayedCall { ${options.stylize(this.#describe(), 'special')} }`;
      },
    });
  }

  /** The call in words: what, when and, in debug mode, where it was made. */
  toString(): string {
    return `DelayedCall { ${this.#describe()} }`;
  }

  /** When the call is due, in milliseconds on the scale of its reactor's `now()`. */
  getTime(): number {
    return this.#time;
  }

  /** Whether the call is still to come. */
  active(): boolean {
    return this.#state === 'waiting';
  }

  /**
   * Takes the call back.
   *
   * @throws AlreadyCalled when it has been made
   * @throws AlreadyCancelled when it has been cancelled before
   */
  cancel(): void {
    this.#requireWaiting();
    this.#state = 'cancelled';
    this.#call = undefined;
    this.#owner.cancelled(this);
  }

  /**
   * Makes it due `delay` milliseconds from now.
   *
   * @throws as {@link cancel}; InvalidArgumentError for a negative delay
   */
  reset(delay: number): void {
    this.#requireWaiting();
    this.#time = this.#owner.now() + requireDelay(delay);
    this.#owner.rescheduled(this);
  }

  /**
   * Makes it due `delay` milliseconds later than it was; earlier with a
   * negative number.
   *
   * @throws as {@link cancel}; InvalidArgumentError when that is no time
   */
  delay(delay: number): void {
    this.#requireWaiting();
    const time = typeof delay === 'number' ? this.#time + delay : Number.NaN;
    if (Number.isNaN(time)) {
      throw new InvalidArgumentError(
        `A delayed call is put off by a number of milliseconds, not by ${inspect(delay)}.`,
      );
    }
    this.#time = time;
    this.#owner.rescheduled(this);
  }

  /** Does what belongs to the call in the async context that it has. */
  within<R>(f: () => R): R {
    return this.#scope.runInAsyncScope(f);
  }

  /** Makes the call, now. For the owner, when the time has come. */
  perform(): unknown {
    const call = this.#call;
    if (call === undefined) return undefined;
    this.#state = 'done';
    this.#call = undefined;
    return this.within(call);
  }

  #describe(): string {
    const place = placeOf(this);
    return `${this.functionName}, ${this.#when()}${place === undefined ? '' : `, made at ${place}`}`;
  }

  #when(): string {
    if (this.#state !== 'waiting') return this.#state;
    const left = Math.round(this.#time - this.#owner.now());
    if (left === Number.POSITIVE_INFINITY) return 'never due';
    return left >= 0 ? `due in ${left} ms` : `due for ${-left} ms`;
  }

  #requireWaiting(): void {
    if (this.#state === 'done') throw new AlreadyCalled(`The delayed call of ${this.functionName} has been made.`);
    if (this.#state === 'cancelled') {
      throw new AlreadyCancelled(`The delayed call of ${this.functionName} has been cancelled before.`);
    }
  }
}

/** @throws InvalidArgumentError when `delay` is no duration */
export function requireDelay(delay: number): number {
  if (typeof delay === 'number' && delay >= 0) return delay;
  throw new InvalidArgumentError(`A delay must be a number of milliseconds, 0 or more, not ${inspect(delay)}.`);
}
