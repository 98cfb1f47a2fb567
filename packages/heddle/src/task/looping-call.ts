import { AsyncResource } from 'node:async_hooks';
import { type InspectOptionsStylized, inspect } from 'node:util';
import { checkFlag, checkOptions } from '../defer/check-options.ts';
import { requireScheduledCall, requireTimeSource, type ScheduledCall } from '../defer/clock.ts';
import { Deferred, observe } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { requireFunction } from '../defer/require-function.ts';
import { Failure } from '../defer/failure.ts';
import { maybeDeferred } from '../defer/maybe-deferred.ts';
import { LoopNotRunningError, LoopRunningError } from './errors.ts';
import { defaultTaskClock, type TaskClock } from './task-clock.ts';
import { Ticks } from './ticks.ts';

/** How a {@link LoopingCall} begins. */
export interface LoopStartOptions {
  /** Whether the first call is made at once, and not after an interval. Default true. */
  readonly now?: boolean | undefined;
}

/** From one `start` of a loop to its end. */
interface Run {
  readonly done: Deferred<unknown>;
  readonly clock: TaskClock;
  /** The async context of the start, in which the calls are made, whoever fires what they wait for. */
  readonly scope: AsyncResource;
  /** `undefined` where the interval is 0: every turn of the loop is a boundary then. */
  readonly ticks: Ticks | undefined;
  /** What is called at each time: its name is what the clock's list of calls says. */
  readonly call: () => void;
  /** The next call, while it waits for its time. */
  next: ScheduledCall | undefined;
  /** The call under way, while it has no result. */
  underWay: Deferred<unknown> | undefined;
  stopped: boolean;
  /** The latest boundary that was counted, and when. */
  counted: number;
  countedAt: number;
  /** Whether there has been a call that counted. */
  hasCounted: boolean;
}

/**
 * Calls a function again and again, at a fixed interval: for polling, for
 * reports, for a heartbeat. Unlike `setInterval` it waits for the Deferred or
 * the promise that the function returns, never has two calls under way, keeps
 * its times without drift, and ends with a result.
 *
 * Calls are due at whole intervals from the start. A call that takes longer
 * than an interval skips the times it has missed; they are not made up for.
 *
 * A loop keeps the process. It goes by the reactor's time: when the reactor
 * stops, no further call is made. For a test, set {@link clock}.
 *
 * After Twisted's `twisted.internet.task.LoopingCall`.
 *
 * @example
 * ```ts
 * import { LoopingCall } from 'heddle/task';
 *
 * let rounds = 0;
 * const loop = new LoopingCall((name: string) => {
 *   rounds++;
 *   console.log(name, rounds);
 * }, 'round');
 * const done = loop.start(10);
 * setTimeout(() => loop.stop(), 50);
 * await done; // after some rounds
 * ```
 */
export class LoopingCall<A extends unknown[] = []> {
  /** What the loop goes by: the reactor of this thread, unless another is set before the start. */
  clock: TaskClock = defaultTaskClock();
  readonly #f: (...args: never[]) => unknown;
  readonly #args: unknown[];
  #counts = false;
  #interval: number | undefined;
  #startTime: number | undefined;
  #run: Run | undefined;

  /**
   * @param f is called with `args` at each interval; a Deferred or a promise that it returns is waited for
   * @throws InvalidArgumentError when `f` is no function
   */
  constructor(f: (...args: A) => unknown, ...args: A) {
    requireFunction(f, 'What a LoopingCall calls');
    this.#f = f;
    this.#args = args;
  }

  static {
    // Defined here because the name of such a method cannot stand in a declaration file.
    Object.defineProperty(LoopingCall.prototype, inspect.custom, {
      value(this: LoopingCall, _depth: number, options: InspectOptionsStylized): string {
        return `LoopingCall { ${options.stylize(this.#describe(), 'special')} }`;
      },
    });
  }

  /**
   * A loop whose function is told how many times have come round since its
   * last call: 1 as a rule, more where some were missed. With an interval of
   * 0 it is always 1.
   *
   * @example
   * ```ts
   * import { LoopingCall } from 'heddle/task';
   * import { Clock } from 'heddle/testing';
   *
   * const loop = LoopingCall.withCount((count) => console.log(count));
   * const clock = new Clock();
   * loop.clock = clock;
   * loop.start(1_000);
   * clock.pump([1_000, 3_500]); // prints 1
   * // prints 1
   * // prints 3
   * ```
   */
  static withCount(f: (count: number) => unknown): LoopingCall {
    const loop = new LoopingCall(f as () => unknown);
    loop.#counts = true;
    return loop;
  }

  /** Whether calls are still to come: from `start` until `stop`, a failed call, or the cancel of `start`'s Deferred. */
  get running(): boolean {
    return this.#run !== undefined;
  }

  /** Milliseconds between two calls, as given to the latest `start`. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** When the loop was started or reset last, on the scale of its clock: what its times are counted from. */
  get startTime(): number | undefined {
    return this.#startTime;
  }

  /**
   * Starts the loop.
   *
   * @param interval milliseconds; 0 for a call in every turn of the loop
   * @returns fires with this object when the loop was stopped and no call is under way; fails when a call fails, which
   *   ends the loop. Cancelling it stops the loop and cancels the call under way.
   * @throws LoopRunningError when it runs already; InvalidArgumentError when the interval or
   *   the clock is none
   */
  start(interval: number, options: LoopStartOptions = {}): Deferred<this> {
    if (this.#run !== undefined) {
      throw new LoopRunningError(`The loop that calls ${this.#name} runs already; stop it before it is started again.`);
    }
    if (!(typeof interval === 'number' && interval >= 0 && interval < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(
        `The interval of a LoopingCall must be a number of milliseconds, 0 or more, not ${inspect(interval)}.`,
      );
    }
    const { now: callsNow = true } = checkOptions(options, startChecks, 'start of a LoopingCall');
    const clock = this.clock;
    requireTimeSource(clock);
    if (typeof (clock as Partial<TaskClock>).now !== 'function') {
      throw new InvalidArgumentError(
        `The clock of a LoopingCall must have a method now(), as the reactor and a Clock have, and ${inspect(clock, { depth: 0 })} has none.`,
      );
    }
    const startTime = clock.now();
    const done = new Deferred<this>((_, reason) => this.#giveUp(run, reason.cause));
    const run: Run = {
      done: done as Deferred<unknown>,
      clock,
      scope: new AsyncResource('HeddleLoopingCall', { requireManualDestroy: true }),
      ticks: interval === 0 ? undefined : new Ticks(startTime, interval),
      call: Object.defineProperty(() => this.#call(run), 'name', { value: `LoopingCall of ${this.#name}` }),
      next: undefined,
      underWay: undefined,
      stopped: false,
      counted: callsNow ? -1 : 0,
      countedAt: startTime,
      hasCounted: false,
    };
    this.#interval = interval;
    this.#startTime = startTime;
    this.#run = run;
    if (callsNow) this.#call(run);
    else this.#schedule(run);
    return done;
  }

  /**
   * Ends the loop. The Deferred of `start` fires: at once, or when the call
   * under way has ended, which is not cancelled.
   *
   * @throws LoopNotRunningError when it does not run
   */
  stop(): void {
    const run = this.#current('stopped');
    this.#leave(run);
    if (run.underWay !== undefined || run.next === undefined) return;
    takeBack(run.next);
    run.next = undefined;
    if (!run.done.called) run.done.callback(this);
  }

  /**
   * Counts the interval anew from now on: the next call is due one interval
   * from now. While a call is under way, the times after it are counted so.
   *
   * @throws LoopNotRunningError when the loop does not run
   */
  reset(): void {
    const run = this.#current('reset');
    const now = run.clock.now();
    this.#startTime = now;
    if (run.ticks !== undefined) {
      run.ticks.restart(now);
      // Before the first call it is as if the loop had been started now.
      run.counted = run.hasCounted ? run.ticks.before(run.countedAt) : 0;
    }
    if (run.next === undefined) return;
    takeBack(run.next);
    run.scope.runInAsyncScope(this.#schedule, this, run);
  }

  #call(run: Run): void {
    run.next = undefined;
    // Somebody has fired it, who waits for the loop no more: nobody could hear of its end.
    if (run.done.called) return this.#leave(run);
    const underWay = maybeDeferred(this.#f as (...args: unknown[]) => unknown, ...this.#argumentsOf(run));
    run.underWay = underWay;
    // The function may have given up its own loop before it gave us anything to cancel.
    if (run.done.called) underWay.cancel();
    observe(underWay, (result) => run.scope.runInAsyncScope(this.#ended, this, run, result), true);
  }

  #argumentsOf(run: Run): unknown[] {
    if (!this.#counts) return this.#args;
    if (run.ticks === undefined) return [1];
    run.hasCounted = true;
    run.countedAt = run.clock.now();
    const before = run.counted;
    run.counted = run.ticks.at(run.countedAt);
    return [run.counted - before];
  }

  #ended(run: Run, result: unknown): undefined {
    run.underWay = undefined;
    if (run.done.called) return void this.#leave(run);
    if (result instanceof Failure) {
      this.#leave(run);
      run.done.errback(result);
    } else if (run.stopped) {
      run.done.callback(this);
    } else {
      this.#schedule(run);
    }
  }

  #schedule(run: Run): void {
    try {
      const delay = run.ticks === undefined ? 0 : run.ticks.plan(run.clock.now());
      const next = run.clock.callLater(delay, run.call);
      requireScheduledCall(next);
      run.next = next;
    } catch (error) {
      // The clock is anybody's. Without it there are no more calls, and whoever waits for the loop shall hear of that.
      this.#leave(run);
      if (!run.done.called) run.done.errback(error);
    }
  }

  #giveUp(run: Run, cause: unknown): void {
    this.#leave(run);
    takeBack(run.next);
    run.next = undefined;
    run.underWay?.cancel(cause);
  }

  #leave(run: Run): void {
    run.stopped = true;
    if (this.#run === run) this.#run = undefined;
  }

  #current(verb: string): Run {
    if (this.#run !== undefined) return this.#run;
    throw new LoopNotRunningError(`The loop that calls ${this.#name} does not run, so it cannot be ${verb}.`);
  }

  get #name(): string {
    const name: unknown = this.#f.name;
    return typeof name === 'string' && name !== '' ? name : 'an anonymous function';
  }

  #describe(): string {
    return this.#run === undefined ? `${this.#name}, not running` : `${this.#name}, every ${this.#interval} ms`;
  }
}

/** A reactor that has stopped has taken it back already. */
function takeBack(call: ScheduledCall | undefined): void {
  if (call?.active()) call.cancel();
}

const startChecks = {
  now: checkFlag,
};
