import { inspect } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';
import { DelayedCall, type DelayedCallOwner, requireDelay } from '../reactor/delayed-call.ts';
import { SortedCalls } from './sorted-calls.ts';
import type { ReactorTime } from '../reactor/time.ts';

/**
 * Time that stands still until a test moves it: for everything that takes a
 * clock, in place of the reactor.
 *
 * {@link advance} moves the time on at once, and then makes all calls that are
 * due, in the order of their times. It differs from the reactor in three ways:
 * a call with no delay that is added meanwhile is made by the same `advance`,
 * where the reactor makes it wait for a later turn; what a call throws comes
 * out of `advance`, and the calls after it stay, where the reactor reports it
 * and goes on; and the calls of one `advance` follow one another at one time,
 * with no turn of the loop between them, in which promises could go on.
 *
 * After Twisted's `twisted.internet.task.Clock`.
 *
 * @example
 * ```ts
 * import { Deferred } from 'heddle/defer';
 * import { Clock, failureResultOf } from 'heddle/testing';
 *
 * const clock = new Clock();
 * const slow = new Deferred<string>().addTimeout(1_000, clock);
 * clock.advance(1_000);
 * console.log(failureResultOf(slow).value); // TimeoutError: No result within 1000 ms.
 * ```
 */
export class Clock implements ReactorTime, DelayedCallOwner {
  #now = 0;
  readonly #queue = new SortedCalls();

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    const call = new DelayedCall(this, this.#now + requireDelay(delay), f, args);
    this.#queue.add(call);
    return call;
  }

  getDelayedCalls(): DelayedCall[] {
    return this.#queue.calls();
  }

  /**
   * Moves the time on by `milliseconds` and runs what is due.
   *
   * @throws InvalidArgumentError for a negative duration; whatever a call throws
   */
  advance(milliseconds: number): void {
    this.#now += requireDelay(milliseconds);
    for (let call = this.#queue.first; call !== undefined && call.getTime() <= this.#now; call = this.#queue.first) {
      this.#queue.remove(call);
      call.perform();
    }
  }

  /**
   * {@link advance}, once for each of the given durations.
   *
   * @throws InvalidArgumentError when they are no list; as {@link advance}
   */
  pump(durations: Iterable<number>): void {
    if (typeof (durations as Partial<Iterable<number>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw new InvalidArgumentError(
        `A clock is pumped by a list of durations, as in pump([1_000, 1_000]), not by ${inspect(durations, { depth: 0 })}.`,
      );
    }
    for (const milliseconds of durations) this.advance(milliseconds);
  }

  rescheduled(call: DelayedCall): void {
    this.#queue.move(call);
  }

  cancelled(call: DelayedCall): void {
    this.#queue.remove(call);
  }
}

/** Whether it is a Clock, perhaps of another instance of this module: test runners load modules anew. */
export function isClock(value: unknown): boolean {
  return typeof (value as Clock | null | undefined)?.advance === 'function';
}

/** @throws InvalidArgumentError for what is no Clock: nobody could move another one's time on */
export function requireClock(clock: unknown, of: string): void {
  if (isClock(clock)) return;
  throw new InvalidArgumentError(`The clock of a ${of} must be a Clock of heddle/testing, not ${inspect(clock)}.`);
}
