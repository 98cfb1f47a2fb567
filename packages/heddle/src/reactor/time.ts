import type { TimeSource } from '../defer/clock.ts';
import { clearImmediate, clearTimeout, LONGEST_TIMER, now, setImmediate, setTimeout } from '../defer/node-timers.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import { DelayedCall, type DelayedCallOwner, requireDelay } from './delayed-call.ts';
import { DueQueue } from './due-queue.ts';
import { callForEvent, type ReportError } from './event-call.ts';

/** A time source that can tell the time and lists what it has promised: what a reactor and a `Clock` have in common. */
export interface ReactorTime extends TimeSource {
  /** Milliseconds on a scale that only moves forward. */
  now(): number;
  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall;
  /** The delayed calls that are still to come, in no particular order. */
  getDelayedCalls(): DelayedCall[];
}

/**
 * Delayed calls on Node's timers: in the order in which they are due, never
 * early, each in a turn of its own, so that what promises have to do comes in
 * between. What they throw is reported, and the loop goes on.
 *
 * One timer serves them all. Node's timers of several calls would keep the
 * order of whole milliseconds only, and may fire one of them early.
 */
export class NodeTime implements ReactorTime, DelayedCallOwner {
  readonly #queue = new DueQueue();
  readonly #report: ReportError;
  /** The time for which the loop will wake us. */
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => {};

  constructor(report: ReportError) {
    this.#report = report;
  }

  now(): number {
    return now();
  }

  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    const call = new DelayedCall(this, this.now() + requireDelay(delay), f, args);
    this.#queue.add(call);
    this.#wake();
    return call;
  }

  getDelayedCalls(): DelayedCall[] {
    return this.#queue.calls();
  }

  rescheduled(call: DelayedCall): void {
    this.#queue.remove(call);
    this.#queue.add(call);
    this.#wake();
  }

  cancelled(call: DelayedCall): void {
    this.#queue.remove(call);
    this.#wake();
  }

  /** Sees to it that we are woken in time for the first call; being woken too soon does no harm. */
  #wake(): void {
    const time = this.#queue.first?.getTime() ?? Number.POSITIVE_INFINITY;
    // A timer that nothing is left for must go: it keeps the process.
    if (time >= this.#wakeAt && time < Number.POSITIVE_INFINITY) return;
    this.#cancelWake();
    this.#wakeAt = time;
    if (time === Number.POSITIVE_INFINITY) return;
    const left = time - this.now();
    if (left <= 0) {
      const immediate = outsideOfCalls(() => setImmediate(() => this.#woken()));
      this.#cancelWake = () => clearImmediate(immediate);
    } else {
      const timer = outsideOfCalls(() => setTimeout(() => this.#woken(), Math.min(Math.ceil(left), LONGEST_TIMER)));
      this.#cancelWake = () => clearTimeout(timer);
    }
  }

  #woken(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const call = this.#queue.first;
    const isDue = call !== undefined && call.getTime() <= this.now();
    if (isDue) this.#queue.remove(call);
    this.#wake();
    if (!isDue) return;
    // What goes wrong is reported as the call's, too.
    call.within(() => callForEvent(() => call.perform(), `${call.functionName} (callLater)`, this.#report));
  }
}
