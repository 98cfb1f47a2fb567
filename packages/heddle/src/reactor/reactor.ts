import { inspect } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type DelayedCall, requireDelay } from './delayed-call.ts';
import { ReactorAlreadyRunning, ReactorNotRunning, ShutdownTimeoutError } from './errors.ts';
import type { KeepAlive } from './keep-alive.ts';
import { exitCodeOf, Signals } from './signals.ts';
import { type Phase, type ReportError, SystemEvent, type SystemEventTrigger } from './system-event.ts';
import type { ReactorThreadPool } from './thread-pool.ts';
import type { ReactorTime } from './time.ts';

/** What a reactor is made of. */
export interface ReactorParts<Pool extends ReactorThreadPool> {
  /** Makes the reactor's thread pool, when it is first asked for. */
  readonly makeThreadPool: () => Pool;
  /** Counts the time; what a delayed call throws goes to `report`. */
  readonly makeTime: (report: ReportError) => ReactorTime;
  /** Calls `f` in a later turn of the loop. */
  readonly nextTurn: (f: () => void) => void;
  /** Keeps the process while the reactor runs. */
  readonly keepAlive: KeepAlive;
}

/** How a reactor runs. */
export interface RunOptions {
  /** Whether SIGINT and SIGTERM stop the reactor. Default true. */
  readonly installSignalHandlers?: boolean | undefined;
  /** Milliseconds that shutting down may take before what holds it up is given up. Default Infinity. */
  readonly shutdownTimeout?: number | undefined;
}

type State = 'stopped' | 'starting' | 'running' | 'stopping';

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
   * triggers and calls from threads throw. They never stop the loop. Replace
   * it to log them your way; by default they are printed to stderr.
   */
  onError: ReportError = (error, origin) => console.error(`Unhandled error in ${origin}:`, error);

  readonly #parts: ReactorParts<Pool>;
  readonly #time: ReactorTime;
  readonly #events = new Map<string, SystemEvent>();
  readonly #signals = new Signals();
  readonly #keepAlive: KeepAlive;
  readonly #report: ReportError = (error, origin) => this.onError(error, origin);
  #threadPool: Pool | undefined;
  #state: State = 'stopped';
  #stopRequested = false;
  #runs = 0;
  #shutdownTimeout = Number.POSITIVE_INFINITY;
  #hasStopped: () => void = () => {};

  constructor(parts: ReactorParts<Pool>) {
    this.#parts = parts;
    this.#time = parts.makeTime(this.#report);
    this.#keepAlive = parts.keepAlive;
  }

  /** Whether the reactor has started and not yet shut down. */
  get running(): boolean {
    return this.#state === 'running' || this.#state === 'stopping';
  }

  /**
   * Starts the reactor: the `startup` event is fired, and the process stays
   * until {@link stop} is called or a signal comes.
   *
   * A first SIGINT or SIGTERM stops the reactor in order. A second one says
   * what is still being waited for, and leaves at once.
   *
   * @returns a promise that is settled when the reactor has stopped; it is
   *   rejected with {@link ReactorAlreadyRunning} when the reactor runs already
   */
  run(options: RunOptions = {}): Promise<void> {
    if (this.#state !== 'stopped') {
      return Promise.reject(new ReactorAlreadyRunning('The reactor is running already.'));
    }
    const { installSignalHandlers = true, shutdownTimeout = Number.POSITIVE_INFINITY } = options;
    this.#shutdownTimeout = requireDelay(shutdownTimeout);
    this.#state = 'starting';
    this.#stopRequested = false;
    this.#runs++;
    this.#keepAlive.hold();
    const stopped = new Promise<void>((resolve) => {
      this.#hasStopped = resolve;
    });
    const startup = this.#event('startup');
    startup.before(() => {
      if (this.#state !== 'starting') return;
      this.#state = 'running';
      if (installSignalHandlers) this.#signals.install((signal) => this.#receive(signal));
      startup.finish();
      if (this.#stopRequested) this.#beginToStop();
    });
    return stopped;
  }

  /**
   * Begins to shut down, in the next turn: triggers before the shutdown are
   * run and waited for, then the calls in threads are finished and their
   * results delivered, then come the triggers during and after it. Delayed
   * calls that are left will not be made.
   *
   * @throws ReactorNotRunning when the reactor does not run, or is stopping already
   */
  stop(): void {
    this.#requireNotStopping();
    this.#stopRequested = true;
    if (this.#state === 'running') this.#beginToStop();
  }

  /**
   * Stops at once: no triggers, no delayed calls, no waiting. Calls in threads
   * go on, and still deliver their results.
   *
   * @throws ReactorNotRunning when the reactor does not run
   */
  crash(): void {
    if (this.#state === 'stopped') throw new ReactorNotRunning('The reactor does not run, so it cannot crash.');
    this.#leave();
    for (const call of this.getDelayedCalls()) call.cancel();
    this.#hasStopped();
  }

  /** Milliseconds on a scale that only moves forward: what delayed calls are due by. */
  now(): number {
    return this.#time.now();
  }

  /**
   * Calls `f` once, `delay` milliseconds from now; any length will do.
   *
   * @throws InvalidArgumentError for a negative delay
   */
  callLater<A extends unknown[]>(delay: number, f: (...args: A) => unknown, ...args: A): DelayedCall {
    return this.#time.callLater(delay, f, ...args);
  }

  /** The delayed calls that are still to come. */
  getDelayedCalls(): DelayedCall[] {
    return this.#time.getDelayedCalls();
  }

  /**
   * Calls `f` when the reactor runs: now, if it does, else after its startup.
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
   * @throws InvalidArgumentError when there is no such phase
   */
  addSystemEventTrigger<A extends unknown[]>(
    phase: Phase,
    event: string,
    f: (...args: A) => unknown,
    ...args: A
  ): SystemEventTrigger {
    if (typeof f !== 'function') throw new InvalidArgumentError(`A trigger must be a function, not ${inspect(f)}.`);
    return this.#event(event).add(phase, () => f(...args), f.name || 'an anonymous function');
  }

  /**
   * Takes a trigger back.
   *
   * @returns whether it was still to come
   */
  removeSystemEventTrigger(trigger: SystemEventTrigger): boolean {
    return this.#event(trigger.event).remove(trigger);
  }

  /** Fires an event of your own: its triggers run in their phases, each once. */
  fireSystemEvent(event: string): void {
    const fired = this.#event(event);
    fired.before(() => fired.finish());
  }

  /** Calls `f` in a later turn of the loop, in the order of the calls. Its errors go to {@link onError}. */
  callFromThread<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    this.#parts.nextTurn(() => {
      try {
        f(...args);
      } catch (error) {
        this.#report(error, `${f.name || 'an anonymous function'} (callFromThread)`);
      }
    });
  }

  /** Runs `f` in a thread for its effect; for its result there is `deferToThread`. */
  callInThread<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    this.getThreadPool().callInThread(f, ...args);
  }

  /** The pool in which `deferToThread` runs its calls. It is made when it is first asked for. */
  getThreadPool(): Pool {
    this.#threadPool ??= this.#parts.makeThreadPool();
    return this.#threadPool;
  }

  /** Sets how many threads the pool may have. */
  suggestThreadPoolSize(max: number): void {
    this.getThreadPool().adjustPoolSize({ max });
  }

  #event(name: string): SystemEvent {
    let event = this.#events.get(name);
    if (event === undefined) {
      event = new SystemEvent(name, this.#report);
      this.#events.set(name, event);
    }
    return event;
  }

  #requireNotStopping(): void {
    if (this.#state === 'stopped') throw new ReactorNotRunning('The reactor does not run, so it cannot stop.');
    if (this.#stopRequested) throw new ReactorNotRunning('The reactor is stopping already.');
  }

  #receive(signal: NodeJS.Signals): void {
    if (!this.#stopRequested) {
      this.stop();
      return;
    }
    const waitingFor = this.#waitingFor();
    console.error(`${signal} again: not waiting any longer for ${waitingFor.join(', ') || 'the end of this turn'}.`);
    process.exit(exitCodeOf(signal));
  }

  /** What shutting down waits for now, by name. */
  #waitingFor(): string[] {
    const calls = this.#threadPool?.pendingCalls() ?? [];
    return [...this.#event('shutdown').waitingFor, ...calls.map((name) => `${name} (in a thread)`)];
  }

  #beginToStop(): void {
    this.#state = 'stopping';
    this.#parts.nextTurn(() => this.#shutDown());
  }

  #shutDown(): void {
    const run = this.#runs;
    const isOver = (): boolean => this.#state !== 'stopping' || this.#runs !== run;
    let deadline: DelayedCall | undefined;
    const finish = (): void => {
      if (isOver()) return;
      if (deadline?.active()) deadline.cancel();
      this.#finish();
    };
    if (this.#shutdownTimeout < Number.POSITIVE_INFINITY) {
      deadline = this.#time.callLater(this.#shutdownTimeout, () => {
        if (isOver()) return;
        this.#report(new ShutdownTimeoutError(this.#shutdownTimeout, this.#waitingFor()), 'shutdown');
        this.#threadPool?.stop({ deadline: 0 });
        finish();
      });
    }
    this.#event('shutdown').before(() => {
      if (isOver()) return;
      // The triggers may still have used the pool; from here on nobody may.
      if (this.#threadPool === undefined) finish();
      else this.#threadPool.stop({ deadline: Number.POSITIVE_INFINITY }).addBoth(finish);
    });
  }

  #finish(): void {
    this.#leave();
    this.#event('shutdown').finish();
    for (const call of this.getDelayedCalls()) call.cancel();
    this.#hasStopped();
  }

  #leave(): void {
    this.#state = 'stopped';
    this.#threadPool = undefined;
    this.#signals.remove();
    this.#keepAlive.release();
  }
}
