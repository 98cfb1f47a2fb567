import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { systemTime, type TimeSource } from '../defer/clock.ts';
import type { Deferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { type KeepAlive, nodeKeepAlive } from '../reactor/keep-alive.ts';
import { resolveSequence } from './callable/sequence.ts';
import { resolveForEffect, resolveWrapped } from './callable/wrapped.ts';
import { BoundObject, type MakeItems } from './bound-object.ts';
import type { Connect } from './connection/connection.ts';
import type {
  BindCall,
  CallInThread,
  CallInThreadWithCallback,
  CallSequence,
  DeferCall,
  IterateCall,
  OnResult,
} from './deferrable.ts';
import { iterationCall, type SubmitIteration } from './iteration-call.ts';
import { nameOf } from './job/job.ts';
import {
  type CallOptions,
  type CallsOptions,
  type CompletePoolOptions,
  checkCallOptions,
  NO_OPTIONS,
  type PoolLimits,
  type StopOptions,
  type ThreadPoolOptions,
} from './options.ts';
import type { AnyFunction } from './overloads.ts';
import { forgetPool, poolWasMade } from './pool/live-pools.ts';
import type { PoolCall } from './pool/pool-call.ts';
import { PoolCore, type PoolParts } from './pool/pool-core.ts';
import type { PoolStatistics } from './observing/statistics.ts';
import { ThreadIterator } from './thread-iterator.ts';
import { WorkerConnection } from './connection/worker-connection.ts';
import { now } from '../defer/node-timers.ts';
import { requireFunction } from '../defer/require-function.ts';

/** How many items a thread may be ahead of those that go through them. */
const DEFAULT_BUFFER = 16;

/** {@link ThreadPool.callInThread} for whoever wants to hear of its end. */
export let callForEffect: (pool: ThreadPool, f: Function, args: readonly unknown[]) => Deferred<unknown>;

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
  readonly #core: PoolCore;

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

  /**
   * Runs `f` in a thread for its effect: what it gives stays there, and need not be what can be copied. A failure is
   * reported as one that nobody handled.
   */
  readonly callInThread: CallInThread;

  /**
   * Runs `f` in a thread and calls `onResult` in the reactor thread: with
   * `true` and the value, or with `false` and the Failure. What `onResult`
   * throws is reported as a failure that nobody handled. An InvalidArgumentError
   * is thrown where `onResult` is no function.
   */
  readonly callInThreadWithCallback: CallInThreadWithCallback;

  static {
    callForEffect = (pool, f, args) => pool.#core.submit(f, args, NO_OPTIONS, resolveForEffect);
  }

  /** @throws InvalidArgumentError when an option cannot be what it is given as */
  constructor(options: ThreadPoolOptions = {}) {
    ({ defer: this.defer, iterate: this.iterate, bind: this.bind } = this.#view(NO_OPTIONS));
    this.callInThread = (f: Function, ...args: unknown[]): void => {
      callForEffect(this, f, args);
    };
    this.callInThreadWithCallback = (onResult: OnResult<unknown>, f: Function, ...args: unknown[]): void => {
      requireFunction(onResult, 'What is called with the result');
      this.#core.submit(f, args, NO_OPTIONS).addCallbacks(
        (value) => onResult(true, value),
        (failure) => onResult(false, failure),
      );
    };
    const parts: PoolParts = {
      connect: (name, complete) => this.connect(name, complete),
      makeOwnThread: (own) => {
        const thread = this.makeOwnThread(own);
        forgetPool(thread);
        return thread.#core;
      },
      now: () => this.now(),
      time: () => this.time,
      hasStopped: () => forgetPool(this),
    };
    this.#core = new PoolCore(parts, options, this.makeKeepAlive());
    poolWasMade(this);
  }

  get name(): string {
    return this.#core.name;
  }

  get min(): number {
    return this.#core.team.roster.min;
  }

  get max(): number {
    return this.#core.team.roster.max;
  }

  /**
   * A view on this pool whose calls have options.
   *
   * @throws InvalidArgumentError when an option cannot be what it is given as
   */
  with(options: CallOptions): PoolView {
    return this.#view(checkCallOptions(options));
  }

  /**
   * Runs several functions one after the other in one thread, as one call: nothing else runs in between, but what shares
   * the thread by `concurrency` while one of them waits. Each is given with its arguments, and waited for if it returns a
   * promise. One that throws ends the call, and those after it do
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
  callMultipleInThread<const F extends readonly AnyFunction[]>(calls: CallSequence<F>): void {
    checkCalls(calls);
    const functions = calls.map(([f]) => f);
    const all = Object.defineProperty(() => {}, 'name', { value: functions.map(nameOf).join(', ') });
    this.#core.submit(
      all,
      calls.map(([, ...args]) => args),
      NO_OPTIONS,
      () => resolveSequence(functions),
    );
  }

  /**
   * Does ahead of the first calls what they would wait for: makes the first `min` threads, and gets ready to find
   * functions. That blocks the loop for some 50 ms, in a program of thousands of modules for half a second, so call it
   * when the program has loaded its modules and does not serve yet. Without it the first calls do the same.
   *
   * @throws PoolStoppedError when the pool has been stopped
   * @throws ThreadExitError where the system has no thread or process to give, ThreadEntryMissingError in a bundle
   */
  start(): void {
    this.#core.start();
  }

  /**
   * Changes how many threads there may be. Calls that wait get the threads a
   * higher `max` allows at once; threads above a lower one end when they have
   * nothing to do.
   *
   * @throws InvalidArgumentError when a limit is no whole number, or `min` would be more than `max`
   */
  adjustPoolSize(limits: PoolLimits): void {
    this.#core.adjust(limits);
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
    this.#core.forgive(f);
  }

  /** The names of the functions that run or wait now, the running ones first. */
  pendingCalls(): string[] {
    return this.#core.pendingCalls();
  }

  /**
   * The calls that run or wait now, each with what may be known of it and a way to cancel it: for whoever looks at a
   * program while it runs. Arguments are not among it. First those that threads have begun, those that were given up and
   * go on included, then those that wait, in their order. A bound object's calls are listed by the pool that made it;
   * the `pool` of each is the object's own.
   *
   * What it gives does not change afterwards, and holds the calls and their arguments: don't keep it.
   *
   * @throws InvalidArgumentError when `limit` is no number of calls
   *
   * @example
   * ```ts
   * import { ThreadPool } from 'heddle/threads';
   *
   * await using pool = new ThreadPool({ name: 'parsers', max: 1 });
   * const result = pool.defer(JSON.parse, '1');
   * for (const call of pool.calls({ limit: 100 })) {
   *   console.log(call.functionName, call.state); // prints parse waiting
   *   call.cancel('not needed any more');
   * }
   * await result.catch((error) => console.log(error.name, error.cause)); // prints CancelledError not needed any more
   * ```
   */
  calls(options: CallsOptions = {}): PoolCall[] {
    return this.#core.calls(options);
  }

  /**
   * Tells whoever makes many calls when to make the next ones: fires when at most half of `maxQueue` waits; without
   * a `maxQueue`, when nothing waits. Never in this turn. Of several who wait, as many are told at a time as there is
   * room for, in the order of asking; others may have made calls meanwhile, so look again. Named after the `drain` of Node's streams and of Python's `asyncio.StreamWriter`.
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
    return this.#core.drain.wait();
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
    return this.#core.stores.add(storage);
  }

  /**
   * Ends the pool in order: no more calls are taken, those that run or wait
   * are finished, bound objects are disposed of, then the threads end.
   *
   * @param options.deadline milliseconds after which what is left fails with
   *   a {@link PoolStoppedError} and its threads are ended; default Infinity
   * @returns fires when the last thread is gone
   */
  stop(options: StopOptions = {}): Deferred<void> {
    return this.#core.stop(options);
  }

  /** The same as {@link stop}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().toPromise();
  }

  /** How many threads there are, what they do, how much waits for them, and how the calls so far have gone. */
  statistics(): PoolStatistics {
    return this.#core.statistics();
  }

  /**
   * The {@link statistics} as text for a log, with the names of what runs and what waits.
   *
   * After Twisted's `dumpStats`, which logs by itself.
   */
  dumpStats(): string {
    return this.#core.dumpStats();
  }

  /** What the results are, only the callers' signatures know: {@link DeferCall} and the others. */
  #view(options: CallOptions): PoolView {
    return {
      defer: ((f: Function, ...args: unknown[]) => this.#core.submit(f, args, options)) as DeferCall,
      iterate: ((f: Function, ...args: unknown[]) => this.#iterate(f, args, options)) as IterateCall,
      bind: ((f: Function, ...args: unknown[]) => this.#bind(f, args, options)) as BindCall,
    };
  }

  #iterate(f: Function, args: readonly unknown[], options: CallOptions): ThreadIterator<never> {
    const resolve = (function_: Function) => resolveWrapped('iterate', function_);
    return this.#items((all, made) => this.#core.submit(f, all, options, resolve, made), args, options);
  }

  #items(submit: SubmitIteration, args: readonly unknown[], options: CallOptions): ThreadIterator<never> {
    const { buffer = DEFAULT_BUFFER } = options;
    const patience = { milliseconds: this.patience, time: this.time };
    return new ThreadIterator(iterationCall(submit, args, buffer), buffer, patience);
  }

  #bind(factory: Function, args: readonly unknown[], options: CallOptions): BoundObject<never> {
    const items: MakeItems = (submit, rest, own) => this.#items(submit, rest, own);
    return new BoundObject(this.#core.ownThread(), items, factory, args, options);
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
    return nodeKeepAlive;
  }

  /** What counts the time of the calls' limits. */
  protected get time(): TimeSource {
    return systemTime;
  }

  /** For how many milliseconds a thread waits until one of its items is taken before others may work in its place. */
  protected get patience(): number {
    return 10;
  }

  /** The time in milliseconds, from wherever; what {@link time} counts, too. */
  protected now(): number {
    return now();
  }
}

function checkCalls(calls: unknown): void {
  const isCall = (call: unknown): boolean => Array.isArray(call) && typeof call[0] === 'function';
  if (Array.isArray(calls) && calls.every(isCall)) return;
  throw new InvalidArgumentError(`The calls must be a list of [f, ...args], not ${inspect(calls)}.`);
}
