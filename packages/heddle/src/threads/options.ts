import { type ResourceLimits, SHARE_ENV } from 'node:worker_threads';
import { availableParallelism } from 'node:os';
import { checkSignal } from '../defer/abort-signal.ts';
import { checkDuration, checkFlag, checkOptions, type OptionChecks } from '../defer/check-options.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { SLOTS } from './wire/channel/channel.ts';

/** What a {@link ThreadPool} may be told when it is made. */
export interface ThreadPoolOptions {
  /** Names the pool in errors, and its threads in debuggers. Default `'heddle'`. */
  readonly name?: string | undefined;
  /** Threads that `start()` makes and that stay however idle they are. Default 0. */
  readonly min?: number | undefined;
  /** The most threads at a time. Default: the available parallelism, at least 2. */
  readonly max?: number | undefined;
  /**
   * Milliseconds after which a thread without work ends, or once nothing that calls have left there holds it any more,
   * such as a server. Default 10,000; Infinity keeps up to `max` of them: those beyond, which had taken the places of
   * threads that waited for the reactor, end after 10,000.
   */
  readonly idleTimeout?: number | undefined;
  /**
   * The most calls that may wait; one that would have to wait beyond them fails with a {@link PoolFullError}. Counts
   * all that have not begun: in the queue, behind another of their key, ahead of their turn at a thread. Calls that a
   * thread's end sends back to the queue are not refused. Default Infinity; 0 takes only what can begin at once.
   */
  readonly maxQueue?: number | undefined;
  /**
   * How many threads in a row may end while they run the same function, by process.exit(), an uncaught error or for
   * want of memory, before its calls fail with a {@link TooManyCrashesError}, until {@link ThreadPool.forgive}. A call
   * of the function that is answered begins the count anew; threads that the pool ends itself do not count. Default 3;
   * Infinity refuses none.
   */
  readonly maxCrashes?: number | undefined;
  /**
   * How many calls a thread answers before it is ended, and another takes its place when there is work for one: for
   * code that leaves something behind with every call. Default Infinity.
   */
  readonly maxCallsPerThread?: number | undefined;
  /**
   * How many bytes a thread may use before it is ended like that: its own heap, with what has not been collected yet, and
   * its buffers. Looked at when a call has been answered, at most once a millisecond. Default Infinity.
   */
  readonly maxThreadMemory?: number | undefined;
  /**
   * Limits of each thread's heap and stack, as Node's `Worker` takes them. A
   * `maxOldGenerationSizeMb` below 4 or a `stackSizeMb` below 0.5 is refused:
   * with so little, V8 can end the whole process.
   */
  readonly resourceLimits?: ResourceLimits | undefined;
  /**
   * The threads' `process.env`, as Node's `Worker` takes it: an object, or `SHARE_ENV` for the program's own.
   * Default: a copy of the program's.
   */
  readonly env?: NodeJS.ProcessEnv | typeof SHARE_ENV | undefined;
  /** Node's command-line options for the threads, those that a `Worker` may have. Default: the program's. */
  readonly execArgv?: readonly string[] | undefined;
  /**
   * Run in each new thread before its first call: to open what the calls need, or to warm it up. Threads get it as
   * they get a deferred function, and wait for the promise that it may return. What it gives stays there. Where it
   * fails, so do the calls that its thread was made for, with a {@link ThreadInitError}.
   */
  readonly initThread?: (() => unknown) | undefined;
  /**
   * By how much threads give way to the event loop when processors are scarce: the niceness of the operating
   * system, from 0 to 19. Default 10 on Linux, where a thread can have one of its own; elsewhere there is none.
   * Processes that a thread starts have it too.
   */
  readonly nice?: number | undefined;
  /**
   * How many calls a thread may have on their way at a time. More than one is for functions that wait (`await`) much and
   * compute little: while one waits, another runs. Idle threads, and new ones up to `max`, come first. The thread ends
   * with whichever call ends it, and takes the others with it. From 1 to 128, default 1.
   */
  readonly concurrency?: number | undefined;
  /** Whether the errors of calls show where each was made: what its calls' `stacks` is by default. Default false. */
  readonly stacks?: boolean | undefined;
}

/**
 * What becomes of a job that runs when its call is given up, by a cancel, a signal or a timeout:
 *
 * - `'terminate'`: it sees `isCancelled()` of `heddle/thread`; if it goes on all the same, its thread is ended when
 *   `grace` is over, and replaced
 * - `'cooperate'`: it sees `isCancelled()`, and keeps its thread until it ends
 * - `'abandon'`: it learns nothing, unless it asks or sends items, and keeps its thread until it ends
 */
export type OnCancel = 'terminate' | 'cooperate' | 'abandon';

/** What a single call may be told, by `with(options)`. */
export interface CallOptions {
  /** Cancels the call when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for waiting and running together, from the call to its result. Default Infinity. */
  readonly timeout?: number | undefined;
  /** What becomes of the job when the call is given up while it runs. Default `'terminate'`. */
  readonly onCancel?: OnCancel | undefined;
  /** Milliseconds that a job has to end by itself before `'terminate'` ends its thread. Default 100. */
  readonly grace?: number | undefined;
  /**
   * Milliseconds until a thread has begun the call. Counts what the call waits for: its turn, other calls of its
   * key, a thread that is still starting. Not the loading of the function's module in the thread, which comes after.
   * Default Infinity.
   */
  readonly queueTimeout?: number | undefined;
  /**
   * Milliseconds that the function may run in its thread, its promise included. Does not count waiting, the start
   * of a thread, and loading the function's module where the thread calls the function for the first time. What it
   * imports or compiles when it is called does count, and of an iteration all the time until its generator has ended,
   * also while that waits for a loop that takes its items slowly. A result that is on its way back is taken. Default
   * Infinity.
   */
  readonly runTimeout?: number | undefined;
  /**
   * A whole number from -100 to 100. While calls wait, those of higher priority begin first, within a priority first
   * come, first served. So that none waits for ever, at least one in eight that begin is the one that has waited
   * longest, whatever its priority. What is a thread's already (about 500 microseconds of short calls) begins before.
   * Default 0.
   */
  readonly priority?: number | undefined;
  /**
   * Calls with the same key run in the order in which they were made and never two at once; each begins when the one
   * before it has left its thread. Keys are compared as a `Map` compares; each pool and each bound object has its own.
   * A call's priority counts no more than that of a call of its key which waits before it when it is made. Default: none.
   */
  readonly key?: string | number | bigint | symbol | object | undefined;
  /** How many items of an iteration a thread may be ahead of those that have been taken. Default 16. */
  readonly buffer?: number | undefined;
  /**
   * Whether an error of the call shows, below the thread's frames, those of the code that made the call. Costs some
   * microseconds a call. Not needed where the call is awaited: the awaiting functions are shown anyway. Default: the pool's;
   * true in the debug mode of Deferreds.
   */
  readonly stacks?: boolean | undefined;
}

/** How many threads a pool may have. */
export type PoolLimits = Pick<ThreadPoolOptions, 'min' | 'max'>;

/** How a pool is stopped. */
export interface StopOptions {
  /** Milliseconds that the remaining calls have. Default Infinity. */
  readonly deadline?: number | undefined;
}

/** How {@link ThreadPool.calls} is to answer. */
export interface CallsOptions {
  /** The most calls to tell of. Default Infinity: millions may wait, and each takes its time and memory. */
  readonly limit?: number | undefined;
}

/** A pool's options with the defaults filled in. */
export interface CompletePoolOptions {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly idleTimeout: number;
  readonly maxQueue: number;
  readonly maxCrashes: number;
  readonly maxCallsPerThread: number;
  readonly maxThreadMemory: number;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly env: NodeJS.ProcessEnv | typeof SHARE_ENV | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly initThread: (() => unknown) | undefined;
  readonly nice: number;
  readonly concurrency: number;
  readonly stacks: boolean;
}

/** As many as a thread can have been given. */
const MOST_AT_ONCE = SLOTS;

const poolChecks: OptionChecks<ThreadPoolOptions> = {
  name: (value) => (typeof value === 'string' && value !== '' ? undefined : 'a string that is not empty'),
  min: (value) => (isCount(value, 0) ? undefined : 'a whole number from 0 on'),
  max: (value) => (isCount(value, 1) ? undefined : 'a whole number from 1 on'),
  idleTimeout: checkDuration,
  maxQueue: (value) => (isBound(value, 0) ? undefined : 'a whole number from 0 on, or Infinity'),
  maxCrashes: (value) => (isBound(value, 1) ? undefined : 'a whole number from 1 on, or Infinity'),
  maxCallsPerThread: (value) => (isBound(value, 1) ? undefined : 'a whole number from 1 on, or Infinity'),
  maxThreadMemory: (value) =>
    typeof value === 'number' && value > 0 ? undefined : 'a number of bytes, more than 0, or Infinity',
  resourceLimits: checkLimits,
  env: (value) =>
    value === SHARE_ENV || (isObject(value) && !Array.isArray(value)) ? undefined : 'an object or SHARE_ENV',
  execArgv: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'a list of strings',
  initThread: (value) => (typeof value === 'function' ? undefined : 'a function'),
  nice: (value) => (isCount(value, 0) && (value as number) <= 19 ? undefined : 'a whole number from 0 to 19'),
  concurrency: (value) =>
    isCount(value, 1) && (value as number) <= MOST_AT_ONCE ? undefined : `a whole number from 1 to ${MOST_AT_ONCE}`,
  stacks: checkFlag,
};

const stopChecks: OptionChecks<StopOptions> = { deadline: checkDuration };

const callsChecks: OptionChecks<CallsOptions> = {
  limit: (value) => (isBound(value, 0) ? undefined : 'a whole number from 0 on, or Infinity'),
};

const callChecks: OptionChecks<CallOptions> = {
  signal: checkSignal,
  timeout: checkDuration,
  onCancel: (value) =>
    value === 'terminate' || value === 'cooperate' || value === 'abandon'
      ? undefined
      : "'terminate', 'cooperate' or 'abandon'",
  grace: checkDuration,
  queueTimeout: checkDuration,
  runTimeout: checkDuration,
  priority: (value) => (isPriority(value) ? undefined : 'a whole number from -100 to 100'),
  key: (value) =>
    value === null || typeof value === 'boolean' ? 'a string, a number, a bigint, a symbol or an object' : undefined,
  buffer: (value) => (isCount(value, 1) ? undefined : 'a whole number from 1 on'),
  stacks: checkFlag,
};

/**
 * Checks a pool's options and fills in the defaults.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function completePoolOptions(options: ThreadPoolOptions): CompletePoolOptions {
  const given = checkOptions(options, poolChecks, 'thread pool');
  const min = given.min ?? 0;
  const max = given.max ?? Math.max(2, min, availableParallelism());
  if (min > max) throw new InvalidArgumentError(`The thread pool's option min (${min}) is more than max (${max}).`);
  return {
    name: given.name ?? 'heddle',
    min,
    max,
    idleTimeout: given.idleTimeout ?? 10_000,
    maxQueue: given.maxQueue ?? Number.POSITIVE_INFINITY,
    maxCrashes: given.maxCrashes ?? 3,
    maxCallsPerThread: given.maxCallsPerThread ?? Number.POSITIVE_INFINITY,
    maxThreadMemory: given.maxThreadMemory ?? Number.POSITIVE_INFINITY,
    resourceLimits: given.resourceLimits,
    env: given.env,
    execArgv: given.execArgv,
    initThread: given.initThread,
    nice: process.platform === 'linux' ? (given.nice ?? 10) : 0,
    concurrency: given.concurrency ?? 1,
    stacks: given.stacks ?? false,
  };
}

/**
 * Checks how many threads a pool is to have from now on.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function checkPoolLimits(limits: PoolLimits): PoolLimits {
  return checkOptions(limits, { min: poolChecks.min, max: poolChecks.max }, 'pool size');
}

/**
 * Checks the options of a call.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function checkCallOptions(options: CallOptions): CallOptions {
  return checkOptions(options, callChecks, 'call');
}

/** Those of a call that was made without any. */
export const NO_OPTIONS: CallOptions = Object.freeze(checkCallOptions({}));

/**
 * Checks how a pool is to be stopped.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function checkStopOptions(options: StopOptions): StopOptions {
  return checkOptions(options, stopChecks, 'stop');
}

/**
 * Checks how a pool is to tell of its calls.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function checkCallsOptions(options: CallsOptions): CallsOptions {
  return checkOptions(options, callsChecks, 'list of calls');
}

/** What V8 needs to start a thread, or to find out in order that it cannot. Node leaves out whatever it does not know. */
const leastLimits: { readonly [K in keyof ResourceLimits]-?: number } = {
  maxOldGenerationSizeMb: 4,
  maxYoungGenerationSizeMb: 0,
  codeRangeSizeMb: 0,
  stackSizeMb: 0.5,
};

function checkLimits(value: unknown): string | undefined {
  if (!isObject(value)) return 'an object of limits';
  if (!Object.keys(value as object).every((limit) => Object.hasOwn(leastLimits, limit))) {
    return `an object of limits, which are ${Object.keys(leastLimits).join(', ')}`;
  }
  for (const [limit, least] of Object.entries(leastLimits)) {
    const given = (value as Record<string, unknown>)[limit];
    if (given !== undefined && !(typeof given === 'number' && given >= least)) {
      return `an object of limits, with a ${limit} of ${least} or more`;
    }
  }
  return undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isPriority(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 100;
}

function isBound(value: unknown, from: number): boolean {
  return value === Number.POSITIVE_INFINITY || isCount(value, from);
}

function isCount(value: unknown, from: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= from;
}
