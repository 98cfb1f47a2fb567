import { inspect } from 'node:util';
import { type DeferredHistory, formatHistory, historyOf } from './debug.ts';
import { CancelledError, InvalidArgumentError } from './errors.ts';
import type { ErrorClass, Failure } from './failure.ts';
import { FailureGroup } from './failure-group.ts';
import { FirstError } from './first-error.ts';
import { queueMicrotask } from './node-timers.ts';

/** A failure at the end of a chain, of which nobody took notice. */
export interface UnhandledFailure {
  readonly failure: Failure;
  /** Where the Deferred was made and fired, if debug mode was on then. */
  readonly history: DeferredHistory | undefined;
}

/**
 * What is done about an unhandled failure: `'report'` prints it, `'throw'`
 * raises it as an uncaught exception at the end of the turn, a function gets it.
 */
export type UnhandledFailurePolicy = 'report' | 'throw' | ((unhandled: UnhandledFailure) => void);

/** Stands for one Deferred with a failure nobody has seen; handed out so that it can be taken back. */
export interface UnhandledRecord extends UnhandledFailure {
  /** Kept until the end of the turn only, so that the Deferred can be collected afterwards. */
  deferred: object | undefined;
}

/** Of an error with more causes than anybody reads, some may stay as they are. */
const MOST_STACKS = 100;

// Taken at once, so that fake timers in tests do not stop the reports.
const { nextTick } = process;

const thisTurn = new Set<UnhandledRecord>();
const outstanding = new Set<UnhandledRecord>();
const collected = new FinalizationRegistry<UnhandledRecord>(report);
let policy: UnhandledFailurePolicy = 'report';
let turnIsWatched = false;
let watchesTheEnd = false;
let anyPrinted = false;

/**
 * Decides what becomes of a failure at the end of a Deferred's chain that no
 * errback took and nobody awaited. There is one policy for the process; set it
 * in the program, not in a library.
 *
 * - `'report'`, the default: it is printed to stderr once, when the Deferred
 *   is garbage-collected or at the latest when the process ends. The exit code
 *   becomes 1 if the program ends by itself and has set none.
 * - `'throw'`: it is an uncaught exception at the end of the turn in which it
 *   became the result, as an unhandled rejection of a promise is.
 * - a function: called instead of printing, at the same moments, for a log or
 *   a monitor of your own. The exit code is then yours to set.
 *
 * A {@link CancelledError} is the program's own wish and never gets here.
 *
 * @returns the policy that was in force
 * @throws InvalidArgumentError for anything else
 *
 * @example
 * ```ts
 * import { setUnhandledFailurePolicy } from 'heddle/defer';
 *
 * setUnhandledFailurePolicy(({ failure }) => {
 *   console.error('lost:', failure.getErrorMessage());
 * });
 * ```
 */
export function setUnhandledFailurePolicy(next: UnhandledFailurePolicy): UnhandledFailurePolicy {
  if (typeof next !== 'function' && next !== 'report' && next !== 'throw') {
    throw new InvalidArgumentError(
      `An unhandled failure's policy is 'report', 'throw' or a function, not ${inspect(next)}.`,
    );
  }
  const previous = policy;
  policy = next;
  return previous;
}

/** Remembers that `deferred` ended with a failure nobody has seen yet. */
export function noteUnhandled(deferred: object, failure: Failure): UnhandledRecord | undefined {
  if (isCancellation(failure)) return undefined;
  const record: UnhandledRecord = { failure, history: historyOf(deferred), deferred };
  // Most failures are handled in the same turn, so only what is left then is registered with the collector.
  thisTurn.add(record);
  if (!turnIsWatched) {
    queueMicrotask(awaitEndOfTurn);
    watchTheEnd();
    // Last, since there may be no stack left for the others: then the next one is to try again.
    turnIsWatched = true;
  }
  return record;
}

/** Takes it back: somebody takes care of the failure after all. */
export function forgetUnhandled(record: UnhandledRecord): void {
  if (thisTurn.delete(record)) return;
  outstanding.delete(record);
  collected.unregister(record);
}

/**
 * Reports what is left of the turns before, for who is about to end the process.
 *
 * @returns whether any failure has been printed: a program that lost one has not succeeded
 */
export function reportUnhandled(): boolean {
  for (const record of outstanding) report(record);
  return anyPrinted;
}

function isCancellation(failure: Failure): boolean {
  let { value } = failure;
  // Groups may be nested deeply.
  while (isOne(value, FirstError)) ({ value } = value.subFailure);
  if (isOne(value, CancelledError)) return true;
  return isOne(value, FailureGroup) && value.failures.length > 0 && value.failures.every(isCancellation);
}

/** The same as `instanceof`, for what may be a Proxy that throws when it is asked. */
function isOne<E>(value: unknown, errorClass: ErrorClass<E>): value is E {
  try {
    return value instanceof errorClass;
  } catch {
    return false;
  }
}

/** A tick asked for by a microtask comes after all microtasks: the moment at which Node judges promises, too. */
function awaitEndOfTurn(): void {
  nextTick(endTurn);
}

function endTurn(): void {
  turnIsWatched = false;
  for (const record of thisTurn) {
    if (policy === 'throw') {
      queueMicrotask(() => raise(record.failure));
    } else {
      outstanding.add(record);
      fixStacks(record.failure.value);
      collected.register(record.deferred as object, record, record);
    }
    record.deferred = undefined;
  }
  thisTurn.clear();
}

/**
 * V8 keeps the functions and receivers of a stack until its text is made. Where a method of the object that has the Deferred
 * made the error, neither would ever be collected, and nobody would hear of the failure.
 */
function fixStacks(value: unknown): void {
  const seen = new Set<unknown>();
  const left = [value];
  while (left.length > 0 && seen.size < MOST_STACKS) {
    const error = left.pop();
    if (!isOne(error, Error) || seen.has(error)) continue;
    seen.add(error);
    try {
      void error.stack;
      left.push(error.cause);
      if (error instanceof AggregateError) left.push(...error.errors);
      if (error instanceof FirstError) left.push(error.subFailure.value);
      if (error instanceof FailureGroup) left.push(...error.failures.map((failure) => failure.value));
    } catch {
      // A getter of the program's own.
    }
  }
}

function raise(failure: Failure): never {
  const { value } = failure;
  throw isOne(value, Error) ? value : new Error(`Unhandled failure: ${failure.getTraceback()}`, { cause: value });
}

function report(record: UnhandledRecord): void {
  if (!thisTurn.delete(record) && !outstanding.delete(record)) return;
  const unhandled: UnhandledFailure = { failure: record.failure, history: record.history };
  if (typeof policy === 'function') {
    policy(unhandled);
    return;
  }
  anyPrinted = true;
  console.error(
    `Unhandled failure in a Deferred:\n${unhandled.failure.getTraceback()}${formatHistory(unhandled.history)}`,
  );
}

function watchTheEnd(): void {
  if (watchesTheEnd) return;
  process.on('exit', reportAll);
  // Only a program that ends by itself comes by here; one that chose its exit code keeps it.
  process.on('beforeExit', () => {
    reportAll();
    if (anyPrinted) process.exitCode ??= 1;
  });
  watchesTheEnd = true;
}

function reportAll(): void {
  for (const record of [...outstanding, ...thisTurn]) report(record);
}
