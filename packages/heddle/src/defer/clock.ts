import { inspect } from 'node:util';
import { InvalidArgumentError } from './errors.ts';
import { LONGEST_TIMER } from './node-timers.ts';

/** A call that {@link TimeSource.callLater} has promised. */
export interface ScheduledCall {
  /** Whether the call is still to come. */
  active(): boolean;
  /** Takes the call back. */
  cancel(): void;
  /** Lets the process end before the call is due, where the time source would keep it. */
  unref?(): void;
}

/** Whatever can call a function later: the reactor, a `Clock` in tests, or {@link systemTime}. */
export interface TimeSource {
  /** Calls `f` once, `delay` milliseconds from now. */
  callLater(delay: number, f: () => void): ScheduledCall;
}

/** @throws InvalidArgumentError for what cannot call a function later */
export function requireTimeSource(clock: unknown): void {
  if (typeof (clock as Partial<TimeSource> | null)?.callLater === 'function') return;
  throw new InvalidArgumentError(
    `What counts the time must have a method callLater(), as the reactor and a Clock have, and ${inspect(clock, { depth: 0 })} has none.`,
  );
}

/** @throws InvalidArgumentError for what a call cannot be taken back by, such as what a `callLater` without a result gives */
export function requireScheduledCall(call: unknown): void {
  const { active, cancel } = (call ?? {}) as Partial<ScheduledCall>;
  if (typeof active === 'function' && typeof cancel === 'function') return;
  throw new InvalidArgumentError(
    `The callLater() of what counts the time must return an object with methods active() and cancel(), as that of the reactor does, not ${inspect(call, { depth: 0 })}.`,
  );
}

class SystemCall implements ScheduledCall {
  #f: (() => void) | undefined;
  #left: number;
  #timer: NodeJS.Timeout | undefined;
  #isUnref = false;

  constructor(delay: number, f: () => void) {
    this.#f = f;
    this.#left = delay;
    this.#wait();
  }

  active(): boolean {
    return this.#f !== undefined;
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#f = undefined;
  }

  unref(): void {
    this.#isUnref = true;
    this.#timer?.unref?.();
  }

  #wait(): void {
    if (this.#left === Number.POSITIVE_INFINITY) return;
    const stretch = Math.min(this.#left, LONGEST_TIMER);
    this.#left -= stretch;
    this.#timer = setTimeout(() => this.#elapsed(), stretch);
    if (this.#isUnref) this.#timer.unref?.();
  }

  #elapsed(): void {
    if (this.#left > 0) return this.#wait();
    const f = this.#f;
    this.#f = undefined;
    f?.();
  }
}

/** Time as Node's own timers count it, with delays of any length. */
export const systemTime: TimeSource = {
  callLater: (delay, f) => new SystemCall(delay, f),
};
