import { inspect } from 'node:util';
import { systemTime, type TimeSource } from '../defer/clock.ts';
import { Deferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type KeepAlive, NodeKeepAlive } from '../reactor/keep-alive.ts';
import { prepareCallables } from './callable/prepare.ts';
import { type Callable, resolveCallable } from './callable/resolve.ts';
import { resolveSequence } from './callable/sequence.ts';
import type { Connect } from './connection.ts';
import type { DeferCall } from './deferrable.ts';
import { Drain } from './drain.ts';
import { PoolFullError, PoolStoppedError } from './errors.ts';
import { abortedBy, Job, nameOf } from './job.ts';
import {
  type CallOptions,
  type CompletePoolOptions,
  checkCallOptions,
  checkStopOptions,
  completePoolOptions,
  type PoolLimits,
  type StopOptions,
  type ThreadPoolOptions,
} from './options.ts';
import type { PoolThread, ThreadOwner } from './pool-thread.ts';
import { PoolRecord } from './pool-record.ts';
import { type PoolStatistics, statisticsText } from './statistics.ts';
import { Team, type TeamOwner } from './team.ts';
import { Thread } from './thread.ts';
import { WorkerConnection } from './worker-connection.ts';

/** Node's longest timer. Who wants threads to stay longer gets another look at them then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls under common options: a view on a pool, made by {@link ThreadPool.with}. */
export interface PoolView {
  /** Like {@link ThreadPool.defer}, under the options of the view. */
  readonly defer: DeferCall;
}

/**
 * Threads that run functions for the reactor, and the queue before them.
 *
 * A thread is made when there is work and none is idle, up to `max`; work
 * beyond that waits, first come, first served. The pool starts by itself at
 * the first call. Most programs need none of their own: `deferToThread` uses
 * the reactor's. Make one to keep some work apart from other work.
 *
 * Arguments are copied when a thread takes the call: at once while a thread is
 * free, later when the call has to wait. Do not change them in between.
 *
 * After Twisted's `twisted.python.threadpool.ThreadPool`.
 *
 * @example
 * ```ts
 * import { gzipSync } from 'node:zlib';
 * import { ThreadPool } from 'heddle/threads';
 *
 * const pool = new ThreadPool({ name: 'compression', max: 2 });
 * const packed = await pool.defer(gzipSync, Buffer.from('a long text'));
 * console.log(packed.length);
 * await pool.stop();
 * ```
 */
export class ThreadPool {
  readonly #options: CompletePoolOptions;
  readonly #team: Team;
  readonly #keepAlive: KeepAlive;
  readonly #record: PoolRecord;
  readonly #drain: Drain = new Drain(() => this.#team.backlog <= this.#lowWater);
  /** With so few calls waiting, it is time for more. */
  readonly #lowWater: number;
  readonly #waitingForStop: Deferred<void>[] = [];
  #threadsMade = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  /**
   * Runs `f` in a thread of this pool and gives its result, or its error, in
   * the reactor thread: never in the turn of the call. Never throws: whatever
   * stands in the way is the failure of the Deferred.
   */
  readonly defer: DeferCall = ((f: Function, ...args: unknown[]) => this.#submit(f, args, {})) as DeferCall;

  /** @throws InvalidArgumentError when an option cannot be what it is given as */
  constructor(options: ThreadPoolOptions = {}) {
    this.#keepAlive = this.makeKeepAlive();
    this.#options = completePoolOptions(options);
    const { name, min, max, maxQueue } = this.#options;
    this.#record = new PoolRecord(name);
    this.#lowWater = maxQueue === Number.POSITIVE_INFINITY ? 0 : Math.floor(maxQueue / 2);
    const owner: TeamOwner = {
      makeThread: (threadOwner) => this.#makeThread(threadOwner),
      teamHasChanged: () => this.#teamHasChanged(),
      backlogHasShrunk: () => this.#drain.look(),
    };
    this.#team = new Team(owner, min, max);
  }

  get name(): string {
    return this.#options.name;
  }

  get min(): number {
    return this.#team.min;
  }

  get max(): number {
    return this.#team.max;
  }

  /**
   * A view on this pool whose calls have options.
   *
   * @throws InvalidArgumentError when an option cannot be what it is given as
   */
  with(options: CallOptions): PoolView {
    const checked = checkCallOptions(options);
    return { defer: ((f: Function, ...args: unknown[]) => this.#submit(f, args, checked)) as DeferCall };
  }

  /** Runs `f` in a thread for its effect. A failure is reported as one that nobody handled. */
  callInThread(f: Function, ...args: unknown[]): void {
    this.#submit(f, args, {});
  }

  /**
   * Runs several functions one after the other in one thread, as one call: nothing else runs in between. Each is given
   * with its arguments, and waited for if it returns a promise. One that throws ends the call, and those after it do
   * not run; the failure is reported as one that nobody handled. A path such as `args[1][0]` in an error is the first
   * argument of the second function.
   *
   * After Twisted's `callMultipleInThread`.
   *
   * @throws InvalidArgumentError when `calls` is not a list of `[f, ...args]`
   *
   * @example
   * ```ts
   * import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
   * import { tmpdir } from 'node:os';
   * import path from 'node:path';
   * import { ThreadPool } from 'heddle/threads';
   *
   * const file = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-')), 'log');
   * const pool = new ThreadPool();
   * pool.callMultipleInThread([
   *   [appendFileSync, file, 'one '],
   *   [appendFileSync, file, 'two'],
   * ]);
   * await pool.stop();
   * console.log(readFileSync(file, 'utf8')); // prints one two
   * ```
   */
  callMultipleInThread(calls: readonly (readonly [f: Function, ...args: unknown[]])[]): void {
    checkCalls(calls);
    const functions = calls.map(([f]) => f);
    const all = Object.defineProperty(() => {}, 'name', { value: functions.map(nameOf).join(', ') });
    this.#submit(
      all,
      calls.map(([, ...args]) => args),
      {},
      () => resolveSequence(functions),
    );
  }

  /**
   * Runs `f` in a thread and calls `onResult` in the reactor thread: with
   * `true` and the value, or with `false` and the Failure. What `onResult`
   * throws is reported as a failure that nobody handled.
   */
  callInThreadWithCallback(
    onResult: (success: boolean, result: unknown) => void,
    f: Function,
    ...args: unknown[]
  ): void {
    this.#submit(f, args, {}).addCallbacks(
      (value) => onResult(true, value),
      (failure) => onResult(false, failure),
    );
  }

  /**
   * Does ahead of the first calls what they would wait for: makes the first `min` threads, and gets ready to find
   * functions. That blocks the loop for some 40 ms, in a program of thousands of modules for half a second, so call it
   * when the program has loaded its modules and does not serve yet. Without it the first calls do the same.
   *
   * @throws PoolStoppedError when the pool has been stopped
   */
  start(): void {
    if (this.#stopping) throw new PoolStoppedError(`The pool ${inspect(this.name)} has been stopped; make a new one.`);
    this.#team.grow();
    // The threads start meanwhile.
    prepareCallables();
  }

  /**
   * Changes how many threads there may be. Calls that wait get the threads a
   * higher `max` allows at once; threads above a lower one end when they have
   * nothing to do.
   *
   * @throws InvalidArgumentError when a limit is no whole number, or `min` would be more than `max`
   */
  adjustPoolSize(limits: PoolLimits): void {
    const { min, max } = completePoolOptions({ min: limits.min ?? this.min, max: limits.max ?? this.max });
    this.#team.adjust(min, max);
    this.#watchIdle();
  }

  /** The names of the functions that run or wait now, the running ones first. */
  pendingCalls(): string[] {
    return [...this.#team.running(), ...this.#team.waiting()].map(({ functionName }) => functionName);
  }

  /**
   * Tells whoever makes many calls when to make the next ones: fires when at most half of `maxQueue` waits; without
   * a `maxQueue`, when nothing waits. Never in this turn. Several who wait are told at once: look again whether there
   * is room. Named after the `drain` of Node's streams and of Python's `asyncio.StreamWriter`.
   *
   * @example
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   *
   * const pool = new ThreadPool({ max: 2, maxQueue: 100 });
   * let sum = 0;
   * for (let n = 0; n < 1_000; n++) {
   *   if (pool.statistics().backlog === 100) await pool.drain();
   *   pool.defer(Math.sqrt, n * n).addCallback((root) => (sum += root));
   * }
   * await pool.stop();
   * console.log(sum); // prints 499500
   * ```
   */
  drain(): Deferred<void> {
    return this.#drain.wait();
  }

  /**
   * Ends the pool in order: no more calls are taken, those that run or wait
   * are finished, then the threads end.
   *
   * @param options.deadline milliseconds after which what is left fails with
   *   a {@link PoolStoppedError} and its threads are ended; default Infinity
   * @returns fires when the last thread is gone
   */
  stop(options: StopOptions = {}): Deferred<void> {
    const { deadline = Number.POSITIVE_INFINITY } = checkStopOptions(options);
    this.#stopping = true;
    this.#team.quit();
    clearTimeout(this.#idleTimer);
    this.#keepAlive.hold();
    const stopped = new Deferred<void>();
    this.#waitingForStop.push(stopped);
    if (deadline === 0) {
      this.#abandonAll(deadline);
    } else {
      const timer = this.time.callLater(deadline, () => this.#abandonAll(deadline));
      stopped.addBoth(() => {
        if (timer.active()) timer.cancel();
      });
    }
    this.#endWhenDone();
    return stopped;
  }

  /** The same as {@link stop}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().toPromise();
  }

  /** How many threads there are, what they do, how much waits for them, and how the calls so far have gone. */
  statistics(): PoolStatistics {
    const { threads, idle, staying, backlog } = this.#team;
    const { completed, failed, cancelled, refused, runTime, waitTime } = this.#record;
    return {
      threads,
      idle,
      busy: staying - idle,
      backlog,
      completed,
      failed,
      cancelled,
      refused,
      runTime: runTime.snapshot(),
      waitTime: waitTime.snapshot(),
      perThread: this.#team.usage(),
    };
  }

  /**
   * The {@link statistics} as text for a log, with the names of what runs and what waits.
   *
   * After Twisted's `dumpStats`, which logs by itself.
   */
  dumpStats(): string {
    const names = (jobs: readonly Job[]): string[] => jobs.map(({ functionName }) => functionName);
    return statisticsText(this.name, this.statistics(), names(this.#team.running()), names(this.#team.waiting()));
  }

  /** What the result is, only the caller's signature knows: {@link DeferCall}. */
  #submit(
    f: Function,
    args: readonly unknown[],
    options: CallOptions,
    resolve: (f: Function) => Callable | Promise<Callable> = resolveCallable,
  ): Deferred<never> {
    if (this.#stopping) {
      return refusedCall(
        new PoolStoppedError(`The pool ${inspect(this.name)} has been stopped and did not take ${nameOf(f)}.`),
      );
    }
    if (options.signal?.aborted) return refusedCall(abortedBy(options.signal));
    const { maxQueue } = this.#options;
    if (this.#team.backlog >= maxQueue && !this.#team.isFreeFor(options.key)) return refusedCall(this.#isFull(f));
    let callable: Callable | Promise<Callable>;
    try {
      callable = resolve(f);
    } catch (error) {
      return refusedCall(error);
    }
    // Whoever runs the job will see the rejection; one that is cancelled before needs nobody to.
    if (callable instanceof Promise) callable.catch(() => {});
    const job = new Job(f, callable, args, this.#keepAlive, this.#record, this.now());
    job.limit(options, this.time);
    this.#record.jobWasQueued(job);
    this.#team.do(job);
    return job.deferred as Deferred<never>;
  }

  #isFull(f: Function): PoolFullError {
    this.#record.refused++;
    const { name, maxQueue } = this.#options;
    const message = `The pool ${inspect(name)} did not take ${nameOf(f)}: ${maxQueue} calls may wait (maxQueue), and as many do. Wait for pool.drain() before the next call, or raise maxQueue or max.`;
    return new PoolFullError(message, maxQueue);
  }

  /** What the pool's threads are made of: a pool for tests has others. */
  protected connect(name: string, options: CompletePoolOptions): Connect {
    return (listener) => new WorkerConnection(listener, { ...options, name });
  }

  /** What keeps the process while calls are pending. */
  protected makeKeepAlive(): KeepAlive {
    return new NodeKeepAlive();
  }

  /** What counts the time of the calls' limits. */
  protected get time(): TimeSource {
    return systemTime;
  }

  /** The time in milliseconds, from wherever; what {@link time} counts, too. */
  protected now(): number {
    return performance.now();
  }

  #makeThread(owner: ThreadOwner): PoolThread {
    const { initThread } = this.#options;
    const init = initThread && { name: nameOf(initThread), callable: resolveOrReject(initThread) };
    const name = `${this.name}-${++this.#threadsMade}`;
    return new Thread(owner, this.connect(name, this.#options), { name, time: this.time, now: () => this.now(), init });
  }

  #teamHasChanged(): void {
    if (this.#stopping) this.#endWhenDone();
    else this.#watchIdle();
  }

  #watchIdle(): void {
    const { idleTimeout } = this.#options;
    const { idleSince, staying } = this.#team;
    if (this.#idleTimer !== undefined || idleSince === undefined || staying <= this.min) return;
    if (idleTimeout === Number.POSITIVE_INFINITY) return;
    const left = Math.max(1, idleSince + idleTimeout - performance.now());
    this.#idleTimer = setTimeout(() => this.#endIdle(), Math.min(left, LONGEST_TIMER)).unref();
  }

  #endIdle(): void {
    this.#idleTimer = undefined;
    this.#team.endIdle(performance.now() - this.#options.idleTimeout);
    this.#watchIdle();
  }

  #endWhenDone(): void {
    this.#team.endWhenDone();
    if (this.#team.threads > 0) return;
    for (const stopped of this.#waitingForStop.splice(0)) {
      this.#keepAlive.release();
      stopped.callback();
    }
  }

  #abandonAll(deadline: number): void {
    const reason = (job: Job): PoolStoppedError =>
      new PoolStoppedError(
        `The pool ${inspect(this.name)} was stopped with a deadline of ${deadline} ms, and ${job.functionName} was not done.`,
      );
    // Those that wait first: they must not begin on the threads that the others leave.
    for (const job of [...this.#team.waiting(), ...this.#team.running().reverse()]) job.stop(reason(job));
    // Jobs that were given up before have theirs still.
    this.#team.endAll();
  }
}

function resolveOrReject(f: Function): Callable | Promise<Callable> {
  try {
    return resolveCallable(f);
  } catch (error) {
    return Promise.reject(error);
  }
}

function checkCalls(calls: unknown): void {
  const isCall = (call: unknown): boolean => Array.isArray(call) && typeof call[0] === 'function';
  if (Array.isArray(calls) && calls.every(isCall)) return;
  throw new InvalidArgumentError(`The calls must be a list of [f, ...args], not ${inspect(calls)}.`);
}

/** A call that is refused before it becomes a job. Its failure comes in a later turn, as every outcome does. */
function refusedCall(error: unknown): Deferred<never> {
  const deferred = new Deferred<never>();
  setImmediate(() => deferred.errback(error));
  return deferred;
}
