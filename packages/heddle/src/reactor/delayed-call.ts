import type { ScheduledCall } from '../defer/clock.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { AlreadyCalled, AlreadyCancelled } from './errors.ts';

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
 * console.log(call.active()); // false
 * ```
 */
export class DelayedCall implements ScheduledCall {
  readonly #owner: DelayedCallOwner;
  #f: (() => void) | undefined;
  #time: number;
  #state: 'waiting' | 'done' | 'cancelled' = 'waiting';
  /** What the call is named in messages. */
  readonly functionName: string;

  /** @param time when the call is due, on the owner's scale */
  constructor(owner: DelayedCallOwner, time: number, f: () => void, functionName: string) {
    this.#owner = owner;
    this.#time = time;
    this.#f = f;
    this.functionName = functionName;
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
    this.#f = undefined;
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
   * @throws as {@link cancel}
   */
  delay(delay: number): void {
    this.#requireWaiting();
    if (typeof delay !== 'number' || Number.isNaN(delay)) requireDelay(delay);
    this.#time += delay;
    this.#owner.rescheduled(this);
  }

  /** Makes the call, now. For the owner, when the time has come. */
  perform(): void {
    const f = this.#f;
    if (f === undefined) return;
    this.#state = 'done';
    this.#f = undefined;
    f();
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
  throw new InvalidArgumentError(`A delay must be a number of milliseconds, 0 or more, not ${String(delay)}.`);
}
