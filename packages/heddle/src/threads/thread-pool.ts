import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { systemTime, type TimeSource } from '../defer/clock.ts';
import { debugging } from '../defer/debug.ts';
import { Deferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type KeepAlive, NodeKeepAlive } from '../reactor/keep-alive.ts';
import { prepareCallables } from './callable/prepare.ts';
import { type Callable, resolveCallable } from './callable/resolve.ts';
import { resolveSequence } from './callable/sequence.ts';
import { resolveWrapped } from './callable/wrapped.ts';
import { BoundObject } from './bound-object.ts';
import type { Connect } from './connection.ts';
import { CrashRecord } from './crash-record.ts';
import type { BindCall, DeferCall, IterateCall } from './deferrable.ts';
import { Drain } from './drain.ts';
import { PoolFullError, PoolStoppedError } from './errors.ts';
import { IdleWatch } from './idle-watch.ts';
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
import { notify } from './passed.ts';
import { PoolRecord } from './pool-record.ts';
import { PropagatedStores } from './propagated-stores.ts';
import { refusedCall } from './refused-call.ts';
import { type PoolStatistics, statisticsText } from './statistics.ts';
import { warnOfStuck } from './stuck-thread.ts';
import { Team, type TeamOwner } from './team.ts';
import { Thread } from './thread.ts';
import { ThreadIterator } from './thread-iterator.ts';
import { WorkerConnection } from './worker-connection.ts';

/** How many items a thread may be ahead of those that go through them. */
const DEFAULT_BUFFER = 16;

/** Calls under common options: a view on a pool, made by {@link ThreadPool.with}. */
export interface PoolView {
  /** Like {@link ThreadPool.defer}, under the options of the view. */
  readonly defer: DeferCall;
  /** Like {@link ThreadPool.iterate}, under the options of the view. */
  readonly iterate: IterateCall;
  /** Like {@link ThreadPool.bind}; the options are those of the bound object's calls. */
  readonly bind: BindCall;
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
  readonly #crashes: CrashRecord;
  readonly #drain: Drain = new Drain(() => this.#team.backlog <= this.#lowWater);
  /** With so few calls waiting, it is time for more. */
  readonly #lowWater: number;
  readonly #waitingForStop: Deferred<void>[] = [];
  #threadsMade = 0;
  readonly #idleWatch: IdleWatch;
  #stores = new PropagatedStores();
  /** The threads of bound objects. */
  readonly #bound = new Set<ThreadPool>();
  #stopping = false;

  /**
   * Runs `f` in a thread of this pool and gives its result, or its error, in
   * the reactor thread: never in the turn of the call. Never throws: whatever
   * stands in the way is the failure of the Deferred.
   */
  readonly defer: DeferCall;

  /**
   * Runs a generator function in a thread and gives its items one by one, for
   * `for await`. Async generators, and functions that return an iterable or a
   * promise for one, are taken too. The thread is at most `buffer` items ahead
   * (an option of the call, 16 by default). Leaving the loop ends the generator,
   * so that its `finally` runs. The call is made when the first item is wanted.
   *
   * @example
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   *
   * await using pool = new ThreadPool();
   * function* squares(limit: number) {
   *   for (let n = 1; n <= limit; n++) yield n * n;
   * }
   * for await (const square of pool.iterate(squares, 1_000_000)) {
   *   if (square > 10) break;
   *   console.log(square);
   * }
   * // prints 1
   * // prints 4
   * // prints 9
   * ```
   */
  readonly iterate: IterateCall;

  /**
   * Makes an object that stays in a thread, and functions that are called with
   * it there: for what cannot be copied and keeps state, such as a database
   * connection or a compiled model.
   *
   * The object has a thread of its own, beside the pool's `max`, with the pool's
   * options; its calls run one after the other. It lives until it is disposed of
   * or the pool is stopped. A call that is given up leaves it alone
   * (`onCancel: 'cooperate'`), unless another `onCancel` is asked for.
   *
   * @example
   * ```ts file=words.ts
   * export class Words {
   *   readonly counts = new Map<string, number>();
   * }
   * export const makeWords = (): Words => new Words();
   * export function count({ counts }: Words, word: string): number {
   *   counts.set(word, (counts.get(word) ?? 0) + 1);
   *   return counts.get(word) ?? 0;
   * }
   * ```
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   * import { count, makeWords } from './words.ts';
   *
   * await using pool = new ThreadPool();
   * await using words = pool.bind(makeWords);
   * await words.defer(count, 'warp');
   * console.log(await words.defer(count, 'warp')); // prints 2
   * ```
   */
  readonly bind: BindCall;

  /** @throws InvalidArgumentError when an option cannot be what it is given as */
  constructor(options: ThreadPoolOptions = {}) {
    ({ defer: this.defer, iterate: this.iterate, bind: this.bind } = this.#view({}));
    this.#keepAlive = this.makeKeepAlive();
    this.#options = completePoolOptions(options);
    const { name, min, max, maxQueue, maxCrashes } = this.#options;
    this.#record = new PoolRecord(name);
    this.#crashes = new CrashRecord(name, maxCrashes);
    this.#lowWater = maxQueue === Number.POSITIVE_INFINITY ? 0 : Math.floor(maxQueue / 2);
    const owner: TeamOwner = {
      makeThread: (threadOwner) => this.#makeThread(threadOwner),
      callLater: (milliseconds, f) => this.time.callLater(milliseconds, f),
      teamHasChanged: () => this.#teamHasChanged(),
      threadIsStuck: (thread) => warnOfStuck(this.name, thread),
      backlogHasShrunk: () => this.#drain.look(),
    };
    this.#team = new Team(owner, min, max);
    this.#idleWatch = new IdleWatch(this.#team, this.#options.idleTimeout);
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
    return this.#view(checkCallOptions(options));
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
    this.#idleWatch.look();
  }

  /**
   * Takes calls of a function again that has ended its threads as often as `maxCrashes` allows, as if it never had:
   * after a mend, or once what it needs is there again.
   *
   * @param f left out, all functions are forgiven
   *
   * @example
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   *
   * await using pool = new ThreadPool({ maxCrashes: 1 });
   * const work = (exit: boolean) => (exit ? process.exit(1) : 'done');
   * await pool.defer(work, true).catch((error) => console.log(error.code)); // prints HEDDLE_THREAD_EXIT
   * await pool.defer(work, false).catch((error) => console.log(error.code)); // prints HEDDLE_TOO_MANY_CRASHES
   * pool.forgive(work);
   * console.log(await pool.defer(work, false)); // prints done
   * ```
   */
  forgive(f?: Function): void {
    if (f === undefined) return this.#crashes.forgiveAll();
    const callable = resolveOrReject(f);
    if (!(callable instanceof Promise)) return this.#crashes.forgive(callable);
    // What no thread can get has not ended any.
    callable.then(
      (found) => this.#crashes.forgive(found),
      () => {},
    );
    return undefined;
  }

  /** The names of the functions that run or wait now, the running ones first. */
  pendingCalls(): string[] {
    const own = [...this.#team.running(), ...this.#team.waiting()].map(({ functionName }) => functionName);
    return [...own, ...[...this.#bound].flatMap((thread) => thread.pendingCalls())];
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
   * Lets the calls take the store of an AsyncLocalStorage with them: what `storage.getStore()` gives where the call is
   * made, it gives in the thread, as a copy, in all that the function does there, after an `await` and in timers too.
   *
   * The thread has an instance of its own of the module that exports `storage`, so it must be exported: not by the
   * program's entry module. A store that cannot be copied fails the call. Costs nothing where it is not used; with it,
   * each call made within a store sends that along.
   *
   * @param storage an AsyncLocalStorage that a module exports
   * @returns fires when it has been found among the loaded modules; calls made before wait for that. Fails with a
   *   {@link StorageNotExportedError} where it is not there, as the calls do that were made meanwhile
   *
   * @example
   * ```ts file=request.ts
   * import { AsyncLocalStorage } from 'node:async_hooks';
   *
   * export const request = new AsyncLocalStorage<{ id: string }>();
   * export const describe = (): string => `for request ${request.getStore()?.id}`;
   * ```
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   * import { describe, request } from './request.ts';
   *
   * await using pool = new ThreadPool();
   * await pool.propagate(request);
   * console.log(await request.run({ id: 'r7' }, () => pool.defer(describe))); // prints for request r7
   * ```
   */
  propagate(storage: AsyncLocalStorage<unknown>): Deferred<void> {
    if (!(storage instanceof AsyncLocalStorage)) {
      throw new InvalidArgumentError(`propagate takes an AsyncLocalStorage, not ${inspect(storage, { depth: 0 })}.`);
    }
    return this.#stores.add(storage);
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
    for (const thread of this.#bound) this.#stopBound(thread, options);
    this.#idleWatch.stop();
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
      stuck: this.#team.stuck(),
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

  /** What the results are, only the callers' signatures know: {@link DeferCall} and the others. */
  #view(options: CallOptions): PoolView {
    return {
      defer: ((f: Function, ...args: unknown[]) => this.#submit(f, args, options)) as DeferCall,
      iterate: ((f: Function, ...args: unknown[]) => this.#iterate(f, args, options)) as IterateCall,
      bind: ((f: Function, ...args: unknown[]) => this.#bind(f, args, options)) as BindCall,
    };
  }

  #iterate(f: Function, args: readonly unknown[], options: CallOptions): ThreadIterator<never> {
    const { buffer = DEFAULT_BUFFER } = options;
    return new ThreadIterator((iteration, push, made) => {
      const all = [...args, iteration, buffer, notify(push)];
      return this.#submit(f, all, options, (function_) => resolveWrapped('iterate', function_), made);
    }, buffer);
  }

  #bind(factory: Function, args: readonly unknown[], options: CallOptions): BoundObject<never> {
    const name = `${this.name}-bound-${++this.#threadsMade}`;
    const thread = this.makeOwnThread({
      ...this.#options,
      name,
      min: 0,
      max: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Another thread would not have the object.
      maxCallsPerThread: Number.POSITIVE_INFINITY,
      maxThreadMemory: Number.POSITIVE_INFINITY,
    });
    thread.#stores = this.#stores;
    this.#bound.add(thread);
    if (this.#stopping) this.#stopBound(thread);
    return new BoundObject(
      {
        submit: (f, all, given, resolve) => thread.#submit(f, all, given, resolve),
        stop: () => this.#stopBound(thread),
      },
      factory,
      args,
      options,
    );
  }

  #stopBound(thread: ThreadPool, options?: StopOptions): Deferred<void> {
    return thread.stop(options).addCallback(() => {
      this.#bound.delete(thread);
      if (this.#stopping) this.#endWhenDone();
    });
  }

  #submit(
    f: Function,
    args: readonly unknown[],
    options: CallOptions,
    resolve: (f: Function) => Callable | Promise<Callable> = resolveCallable,
    made?: (job: Job) => void,
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
      if (!this.#stores.isEmpty) callable = this.#stores.around(callable);
    } catch (error) {
      return refusedCall(error);
    }
    if (callable instanceof Promise) {
      // Whoever runs the job will see the rejection; one that is cancelled before needs nobody to.
      callable.catch(() => {});
    } else {
      const refusal = this.#crashes.refusalOf(callable, nameOf(f));
      if (refusal !== undefined) {
        this.#record.refused++;
        return refusedCall(refusal);
      }
    }
    const job = new Job(f, callable, args, this.#keepAlive, this.#record, this.now());
    if (options.stacks ?? (this.#options.stacks || debugging)) job.madeBy = new Error();
    job.limit(options, this.time);
    made?.(job);
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

  /** A pool of one thread, for a bound object. */
  protected makeOwnThread(options: ThreadPoolOptions): ThreadPool {
    return new ThreadPool(options);
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
    const { initThread, concurrency, maxCallsPerThread, maxThreadMemory } = this.#options;
    const init = initThread && { name: nameOf(initThread), callable: resolveOrReject(initThread) };
    const name = `${this.name}-${++this.#threadsMade}`;
    return new Thread(owner, this.connect(name, this.#options), {
      name,
      time: this.time,
      now: () => this.now(),
      init,
      concurrency,
      crashes: this.#crashes,
      wear: { calls: maxCallsPerThread, bytes: maxThreadMemory },
    });
  }

  #teamHasChanged(): void {
    if (this.#stopping) this.#endWhenDone();
    else this.#idleWatch.look();
  }

  #endWhenDone(): void {
    this.#team.endWhenDone();
    if (this.#team.threads > 0 || this.#bound.size > 0) return;
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
