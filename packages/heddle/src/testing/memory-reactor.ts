import { Failure } from '../defer/failure.ts';
import { isThenable } from '../defer/thenable.ts';
import { requireFunction } from '../defer/require-function.ts';
import type { DelayedCall } from '../reactor/delayed-call.ts';
import { callForEvent, nameOf, type ReportError } from '../reactor/event-call.ts';
import { Reactor } from '../reactor/reactor.ts';
import type { RunOptions } from '../reactor/run-options.ts';
import type { ReactorTime } from '../reactor/time.ts';
import { callForEffect } from '../threads/thread-pool.ts';
import { Clock, requireClock } from './clock.ts';
import { MemoryThreadPool } from './memory-thread-pool.ts';

/**
 * A reactor for tests: its time is a {@link Clock}, its threads run when they
 * are told to, and no signal and no socket of the process is touched.
 *
 * What is due in the next turn (`callFromThread`, the end after `stop()`) runs
 * at the next {@link advance}, `advance(0)` included. What delayed calls throw
 * comes out of `advance`; what their promises fail with, and all errors of
 * triggers and of calls from threads, go to `onError`, as in every reactor.
 *
 * @example
 * ```ts
 * import { MemoryReactor } from 'heddle/testing';
 *
 * const reactor = new MemoryReactor();
 * reactor.callLater(60_000, () => console.log('a minute later'));
 * reactor.advance(60_000); // prints a minute later
 * ```
 */
export class MemoryReactor extends Reactor<MemoryThreadPool> {
  /** The time that this reactor goes by. */
  readonly clock: Clock;

  /** @throws InvalidArgumentError where it is no Clock */
  constructor(clock: Clock = new Clock()) {
    requireClock(clock, 'MemoryReactor');
    super({
      makeThreadPool: () => new MemoryThreadPool({}, clock),
      callForEffect,
      makeTime: (report) => new ClockTime(clock, report),
      nextTurn: (f): DelayedCall => clock.callLater(0, f),
      keepAlive: { hold: () => {}, release: () => {} },
    });
    this.clock = clock;
  }

  /** Moves the time on, and runs what is due. */
  advance(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  /** {@link advance}, once for each of the given durations. */
  pump(durations: Iterable<number>): void {
    this.clock.pump(durations);
  }

  /** Like {@link Reactor.run}; the process's signals are left alone unless asked for. */
  override run({ installSignalHandlers = false, ...options }: RunOptions = {}): Promise<void> {
    return super.run({ installSignalHandlers, ...options });
  }
}

/** A clock that others may use as well: this reactor's delayed calls are those it has made itself. */
class ClockTime implements ReactorTime {
  readonly #clock: Clock;
  readonly #report: ReportError;
  readonly #calls = new WeakSet<DelayedCall>();

  constructor(clock: Clock, report: ReportError) {
    this.#clock = clock;
    this.#report = report;
  }

  now(): number {
    return this.#clock.now();
  }

  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    requireFunction(f, 'What is called later');
    const name = nameOf(f);
    const perform = (): void => {
      const result = f(...args);
      if (isThenable(result) || result instanceof Failure)
        callForEvent(() => result, `${name} (callLater)`, this.#report);
    };
    const call = this.#clock.callLater(delay, Object.defineProperty(perform, 'name', { value: f.name }));
    this.#calls.add(call);
    return call;
  }

  getDelayedCalls(): DelayedCall[] {
    return this.#clock.getDelayedCalls().filter((call) => this.#calls.has(call));
  }
}
