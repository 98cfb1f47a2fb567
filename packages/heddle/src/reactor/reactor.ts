import { debugging } from '../defer/debug.ts';
import type { Deferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { Failure } from '../defer/failure.ts';
import { maybeDeferred } from '../defer/maybe-deferred.ts';
import { requireFunction } from '../defer/require-function.ts';
import type { DelayedCall } from './delayed-call.ts';
import { ReactorAlreadyRunning, ReactorNotRunning, ShutdownTimeoutError } from './errors.ts';
import { callForEvent, nameOf, type ReportError } from './event-call.ts';
import type { KeepAlive } from './keep-alive.ts';
import { completeRunOptions, type RunOptions } from './run-options.ts';
import { exitCodeOf, Signals } from './signals.ts';
import { type Phase, requireEvent, requireTrigger, SystemEvent, type SystemEventTrigger } from './system-event.ts';
import type { ReactorThreadPool } from './thread-pool.ts';
import type { ReactorTime } from './time.ts';

/** What a reactor is made of. */
export interface ReactorParts<Pool extends ReactorThreadPool> {
  /** Makes the reactor's thread pool, when it is first asked for. */
  readonly makeThreadPool: () => Pool;
  /** Counts the time; what a delayed call throws goes to `report`. */
  readonly makeTime: (report: ReportError) => ReactorTime;
  /** Runs `f` in a thread for its effect; what it gives need not reach this thread. Left out, it does. */
  callForEffect?(pool: Pool, f: Function, args: readonly unknown[]): Deferred<unknown>;
  /** Calls `f` in a later turn of the loop. */
  readonly nextTurn: (f: () => void) => void;
  /** Keeps the process while the reactor runs. */
  readonly keepAlive: KeepAlive;
}

/** One run of a reactor, from `run()` to the end of its promise. */
interface Run {
  readonly shutdownTimeout: number;
  /** Settles the promise of `run()`. */
  readonly over: () => void;
  phase: 'starting' | 'running' | 'stopping' | 'ending';
  stopRequested: boolean;
  /** Whether a signal has come. */
  wasSignalled: boolean;
  deadline: DelayedCall | undefined;
}

/** @throws what `run` with these options is rejected with before anything has begun */
export let checkRun: (reactor: Reactor, options: RunOptions) => void;

/**
 * The event loop as Heddle sees it. Node runs the loop; the reactor is where
 * the things that belong to it are found: delayed calls, the thread pool, and
 * the order in which a program starts and shuts down.
 *
 * Nothing needs `run()` to work: delayed calls and `deferToThread` do their
 * work in any Node program. `run()` is for programs that want to be started
 * and stopped in order.
 *
 * After Twisted's `twisted.internet.reactor`.
 *
 * @example
 * ```ts
 * import { reactor } from 'heddle/reactor';
 *
 * reactor.addSystemEventTrigger('before', 'shutdown', () => console.log('saying goodbye'));
 * reactor.callLater(10, () => reactor.stop());
 * await reactor.run();
 * console.log('all done');
 * ```
 */
export class Reactor<Pool extends ReactorThreadPool = ReactorThreadPool> implements ReactorTime {
  /**
   * Gets the errors that nobody else can get: those that delayed calls,
   * triggers, {@link callFromThread} and {@link callInThread} throw, or that the
   * promises they return are rejected with. They never stop the loop. Replace
   * it to log them your way; by default they are printed to stderr, and so is
   * what `onError` itself throws. It does not get what `callFromThread` of
   * `heddle/thread` and `callInThread` of a pool throw: those are failures that
   * nobody handled.
   */
  onError: ReportError = (error, origin) => print(`Unhandled error in ${origin}:`, error);

  /**
   * Runs `f` in a thread for its effect: what it gives stays there. For its
   * result there is `deferToThread`. An error goes to {@link onError}.
   */
  readonly callInThread: Pool['callInThread'];

  readonly #parts: ReactorParts<Pool>;
  readonly #time: ReactorTime;
  readonly #events = new Map<string, SystemEvent>();
  readonly #signals = new Signals();
  readonly #report: ReportError = (error, origin) => this.#reportTo(this.onError, error, origin);
  #threadPool: Pool | undefined;
  #run: Run | undefined;

  constructor(parts: ReactorParts<Pool>) {
    this.#parts = parts;
    this.#time = parts.makeTime(this.#report);
    this.callInThread = (f: Function, ...args: unknown[]): void => {
      const pool = this.getThreadPool();
      const report = ({ value }: Failure): void => this.#report(value, `${nameOf(f)} (callInThread)`);
      const { callForEffect } = this.#parts;
      if (callForEffect !== undefined) callForEffect(pool, f, args).addErrback(report);
      else pool.callInThreadWithCallback((success, result) => success || report(result as Failure), f, ...args);
    };
  }

  static {
    checkRun = (reactor, options) => reactor.#checkRun(options);
  }

  /** Whether the reactor has started and not yet shut down. */
  get running(): boolean {
    return this.#run?.phase === 'running' || this.#run?.phase === 'stopping';
  }

  /**
   * Starts the reactor: the `startup` event is fired, and the process stays
   * until {@link stop} is called or a signal comes. A reactor that has stopped
   * can be run again.
   *
   * A first SIGINT or SIGTERM stops the reactor in order. A second one says
   * what is still being waited for, and leaves at once.
   *
   * @returns a promise that is fulfilled when the reactor has stopped; it is
   *   rejected with {@link ReactorAlreadyRunning} when the reactor runs
   *   already, and with InvalidArgumentError when an option cannot be what it
   *   is given as
   */
  async run(options: RunOptions = {}): Promise<void> {
    const { shutdownTimeout, installSignalHandlers } = this.#checkRun(options);
    await new Promise<void>((over) => {
      const run: Run = {
        shutdownTimeout,
        over,
        phase: 'starting',
        stopRequested: false,
        wasSignalled: false,
        deadline: undefined,
      };
      this.#run = run;
      this.#parts.keepAlive.hold();
      if (installSignalHandlers) this.#signals.install((signal) => this.#receive(signal));
      this.#startUp(run);
    });
  }

  /**
   * Begins to shut down, in the next turn: triggers before the shutdown are
   * run and waited for, then the calls in threads are finished and their
   * results delivered, then come the triggers during and after it. Delayed
   * calls that are left will not be made; in debug mode they are listed.
   *
   * A startup that still waits for its triggers is given up.
   *
   * @throws ReactorNotRunning when the reactor does not run, or is stopping already
   */
  stop(): void {
    const run = this.#current('stop');
    if (run.stopRequested) throw new ReactorNotRunning('The reactor is stopping already.');
    run.stopRequested = true;
    this.#parts.nextTurn(() => this.#shutDown(run));
  }

  /**
   * Stops at once: no triggers, no delayed calls, no waiting. Calls in threads
   * go on, and still deliver their results.
   *
   * @throws ReactorNotRunning when the reactor does not run
   */
  crash(): void {
    const run = this.#current('crash');
    this.#threadPool = undefined;
    this.#leave(run);
  }

  /** Milliseconds on a scale that only moves forward: what delayed calls are due by. */
  now(): number {
    return this.#time.now();
  }

  /**
   * Calls `f` once, `delay` milliseconds from now; any length will do.
   *
   * @throws InvalidArgumentError for a negative delay, or when `f` is no function
   */
  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    return this.#time.callLater(delay, f, ...args);
  }

  /** The delayed calls that are still to come. */
  getDelayedCalls(): DelayedCall[] {
    // The end of a shutdown's time is nobody's to take back.
    return this.#time.getDelayedCalls().filter((call) => call !== this.#run?.deadline);
  }

  /**
   * Calls `f` when the reactor runs: now, if it does, else after its startup.
   * What `f` throws now, the caller gets.
   *
   * @returns the trigger, if `f` was not called at once
   */
  callWhenRunning<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): SystemEventTrigger | undefined {
    if (!this.running) return this.addSystemEventTrigger('after', 'startup', f, ...args);
    f(...args);
    return undefined;
  }

  /**
   * Has `f` called when something happens to the whole system: `'startup'`,
   * `'shutdown'`, or an event of your own that you fire.
   *
   * @param phase `'before'`: the event waits for the Deferreds and promises
   *   that these return; `'during'` and `'after'` are run in this order
   * @returns what {@link removeSystemEventTrigger} takes
   * @throws InvalidArgumentError when there is no such phase, the event has no name, or `f` is no function
   */
  addSystemEventTrigger<A extends unknown[]>(
    phase: Phase,
    event: string,
    f: (...args: A) => unknown,
    ...args: A
  ): SystemEventTrigger {
    requireEvent(event);
    return this.#event(event).add(phase, f, args);
  }

  /**
   * Takes a trigger back.
   *
   * @returns whether it was still to come
   * @throws InvalidArgumentError when it is no trigger: `callWhenRunning` gives none where it has called the function
   */
  removeSystemEventTrigger(trigger: SystemEventTrigger): boolean {
    requireTrigger(trigger);
    const event = this.#events.get(trigger.event);
    if (event === undefined) return false;
    const wasToCome = event.remove(trigger);
    this.#forget(event);
    return wasToCome;
  }

  /**
   * Fires an event of your own: its triggers run in their phases, each once.
   *
   * @throws InvalidArgumentError for `'startup'` and `'shutdown'`, which belong to `run()` and `stop()`, and for what is no
   *   name
   */
  fireSystemEvent(event: string): void {
    requireEvent(event);
    if (event === 'startup' || event === 'shutdown') {
      throw new InvalidArgumentError(`The event ${event} is the reactor's own: use run() and stop().`);
    }
    const fired = this.#event(event);
    fired.before(() => {
      fired.finish();
      this.#forget(fired);
    });
  }

  /**
   * Calls `f` in a later turn of the loop, in the order of the calls. Its
   * errors go to {@link onError}.
   *
   * @throws InvalidArgumentError when `f` is no function
   */
  callFromThread<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    requireFunction(f, 'What is called from a thread');
    this.#parts.nextTurn(() => callForEvent(() => f(...args), `${nameOf(f)} (callFromThread)`, this.#report));
  }

  /** The pool in which `deferToThread` runs its calls. It is made when it is first asked for. */
  getThreadPool(): Pool {
    this.#threadPool ??= this.#parts.makeThreadPool();
    return this.#threadPool;
  }

  /**
   * Sets how many threads the pool may have.
   *
   * @throws InvalidArgumentError when there can be no such pool
   */
  suggestThreadPoolSize(max: number): void {
    // As an option it would count as not given.
    if (max === undefined) {
      throw new InvalidArgumentError('suggestThreadPoolSize needs a number of threads, not undefined.');
    }
    this.getThreadPool().adjustPoolSize({ max });
  }

  #checkRun(options: RunOptions): ReturnType<typeof completeRunOptions> {
    const complete = completeRunOptions(options);
    if (this.#run === undefined) return complete;
    throw new ReactorAlreadyRunning('The reactor is running already; createReactor() makes another one.');
  }

  #event(name: string): SystemEvent {
    let event = this.#events.get(name);
    if (event === undefined) {
      event = new SystemEvent(name, this.#report);
      this.#events.set(name, event);
    }
    return event;
  }

  /** The names of events may come from data, so that there is no end of them. */
  #forget(event: SystemEvent): void {
    if (event.isEmpty && this.#events.get(event.name) === event) this.#events.delete(event.name);
  }

  /** The run that can be ended now. */
  #current(verb: 'stop' | 'crash'): Run {
    const run = this.#run;
    if (run !== undefined && run.phase !== 'ending') return run;
    throw new ReactorNotRunning(
      `The reactor ${run === undefined ? 'does not run' : 'has stopped'}; it cannot ${verb}.`,
    );
  }

  #receive(signal: NodeJS.Signals): void {
    const run = this.#run;
    if (run?.wasSignalled === false) {
      run.wasSignalled = true;
      // Also where the program had begun to stop by itself: the first signal asks for no more than that.
      if (!run.stopRequested) this.stop();
      return;
    }
    const waitingFor = this.#waitingFor();
    console.error(`${signal} again: not waiting any longer for ${waitingFor.join(', ')}.`);
    process.exit(exitCodeOf(signal));
  }

  /** What shutting down waits for now, by name; many calls of one function count as one. */
  #waitingFor(): string[] {
    const counts = new Map<string, number>();
    for (const name of this.#threadPool?.pendingCalls() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
    const calls = [...counts].map(
      ([name, count]) => `${name} (${count === 1 ? 'in a thread' : `${count} calls in threads`})`,
    );
    const all = [...this.#event('shutdown').waitingFor, ...calls];
    return all.length === 0 ? ['the next turn of the loop'] : all;
  }

  #startUp(run: Run): void {
    const startup = this.#event('startup');
    startup.before(
      () => {
        run.phase = 'running';
        startup.finish();
      },
      // While it waits the reactor may crash, and even run again.
      () => this.#run === run && run.phase === 'starting',
    );
  }

  #shutDown(run: Run): void {
    if (this.#run !== run) return;
    run.phase = 'stopping';
    if (run.shutdownTimeout < Number.POSITIVE_INFINITY) {
      run.deadline = this.#time.callLater(run.shutdownTimeout, () => this.#giveUp(run));
    }
    this.#event('shutdown').before(
      () => {
        // The triggers may still have used the pool; from here on nobody may.
        if (this.#threadPool === undefined) this.#finish(run);
        else this.#threadPool.stop({ deadline: Number.POSITIVE_INFINITY }).addBoth(() => this.#finish(run));
      },
      () => this.#run === run && run.phase === 'stopping',
    );
  }

  /** Shutting down has taken too long. */
  #giveUp(run: Run): void {
    this.#report(new ShutdownTimeoutError(run.shutdownTimeout, this.#waitingFor()), 'shutdown');
    this.#threadPool?.stop({ deadline: 0 });
    this.#finish(run);
  }

  #finish(run: Run): void {
    if (this.#run !== run || run.phase !== 'stopping') return;
    run.phase = 'ending';
    // Triggers that still call into threads get a new pool, and their results.
    this.#threadPool = undefined;
    this.#event('shutdown').finish();
    this.#leave(run);
  }

  #leave(run: Run): void {
    if (run.deadline?.active()) run.deadline.cancel();
    this.#dropDelayedCalls();
    this.#signals.remove();
    this.#parts.keepAlive.release();
    this.#run = undefined;
    run.over();
  }

  #dropDelayedCalls(): void {
    const calls = this.getDelayedCalls();
    if (debugging && calls.length > 0) {
      console.error(`The reactor has stopped. These delayed calls will not be made:\n  ${calls.join('\n  ')}`);
    }
    for (const call of calls) call.cancel();
  }

  /** Errors of whoever is told about errors must not stop the loop either. */
  #reportTo(onError: ReportError, error: unknown, origin: string): void {
    maybeDeferred(onError, error, origin).addErrback(({ value }) => {
      print(`Unhandled error in ${origin}:`, error);
      print('The onError of the reactor, which was told of it, failed itself:', value);
    });
  }
}

/** What was thrown may stand in the way of being printed as the console does. */
function print(what: string, error: unknown): void {
  try {
    console.error(what, error);
  } catch {
    console.error(what, new Failure(error).getTraceback());
  }
}
