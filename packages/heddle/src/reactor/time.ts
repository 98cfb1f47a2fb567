import { type ScheduledCall, systemTime, type TimeSource } from '../defer/clock.ts';
import { DelayedCall, type DelayedCallOwner, requireDelay } from './delayed-call.ts';
import type { ReportError } from './system-event.ts';

/** A time source that can tell the time and lists what it has promised: what a reactor and a `Clock` have in common. */
export interface ReactorTime extends TimeSource {
  /** Milliseconds on a scale that only moves forward. */
  now(): number;
  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall;
  /** The delayed calls that are still to come, in no particular order. */
  getDelayedCalls(): DelayedCall[];
}

/** Delayed calls on Node's own timers. What they throw is reported, and the loop goes on. */
export class NodeTime implements ReactorTime, DelayedCallOwner {
  readonly #timers = new Map<DelayedCall, ScheduledCall>();
  readonly #report: ReportError;

  constructor(report: ReportError) {
    this.#report = report;
  }

  now(): number {
    return performance.now();
  }

  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    const call = new DelayedCall(
      this,
      this.now() + requireDelay(delay),
      () => void f(...args),
      f.name || 'an anonymous function',
    );
    this.#arm(call, delay);
    return call;
  }

  getDelayedCalls(): DelayedCall[] {
    return [...this.#timers.keys()];
  }

  rescheduled(call: DelayedCall): void {
    this.#timers.get(call)?.cancel();
    this.#arm(call, Math.max(0, call.getTime() - this.now()));
  }

  cancelled(call: DelayedCall): void {
    this.#timers.get(call)?.cancel();
    this.#timers.delete(call);
  }

  #arm(call: DelayedCall, delay: number): void {
    const due = (): void => {
      this.#timers.delete(call);
      try {
        call.perform();
      } catch (error) {
        this.#report(error, `${call.functionName} (callLater)`);
      }
    };
    this.#timers.set(call, systemTime.callLater(delay, due));
  }
}
