import { checkSignal } from '../defer/abort-signal.ts';
import { checkDuration, checkFlag, type OptionChecks } from '../defer/check-options.ts';
import type { TaskClock } from './task-clock.ts';

/** A turn that {@link CooperatorOptions.scheduler} has promised. */
export interface ScheduledTurn {
  cancel(): void;
  /** Whether the turn is still to come; left out where nobody else can take it back. */
  active?(): boolean;
}

/** How a {@link Cooperator} shares the loop. */
export interface CooperatorOptions {
  /** Milliseconds of each turn of the loop that all tasks together may take. Default 10. */
  readonly timeSlice?: number | undefined;
  /**
   * What the time is measured by. Default Node's own. By one that stands still, such as a `Clock` in a test, a turn lasts
   * until no task has anything left to do: there, give a {@link terminationPredicateFactory}.
   */
  readonly clock?: Pick<TaskClock, 'now'> | undefined;
  /** Has a function called in a later turn of the loop, and returns what takes that back. Default `setImmediate`. */
  readonly scheduler?: ((turn: () => void) => ScheduledTurn) | undefined;
  /**
   * Called at the beginning of each turn; what it returns is called after each step, and says whether the turn is over.
   * In place of `timeSlice`.
   */
  readonly terminationPredicateFactory?: (() => () => boolean) | undefined;
  /** Whether tasks get turns before `start()`. Default true. */
  readonly started?: boolean | undefined;
}

/** What of the things that a task yields tells how far it has come. */
export type Progress<P> = Exclude<P, undefined | PromiseLike<unknown>>;

/** How one task is run. */
export interface TaskOptions<P = unknown> {
  /**
   * A whole number from -100 to 100. Of the tasks that can go on, those of the highest priority have their turns, but of
   * eight steps one goes to the task that has waited longest. Default 0.
   */
  readonly priority?: number | undefined;
  /**
   * Milliseconds of each turn of the loop that this task may take. Default Infinity: as much as the cooperator has. It is
   * measured at each step, which costs a small step more than it takes itself.
   */
  readonly timeSlice?: number | undefined;
  /** Ends the task; `whenDone` then fails with a CancelledError, whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gets what the task has yielded last, other than `undefined` and Deferreds: once in a turn of the loop, and before the
   * task is done. What it throws ends the task.
   */
  readonly onProgress?: ((value: Progress<P>) => void) | undefined;
}

const isFunction = (value: unknown): string | undefined => (typeof value === 'function' ? undefined : 'a function');

export const cooperatorChecks: OptionChecks<CooperatorOptions> = {
  timeSlice: checkDuration,
  clock: (value) =>
    typeof (value as { now?: unknown } | null)?.now === 'function' ? undefined : 'an object with a method now()',
  scheduler: isFunction,
  terminationPredicateFactory: isFunction,
  started: checkFlag,
};

export const taskChecks: OptionChecks<TaskOptions> = {
  priority: (value) =>
    Number.isInteger(value) && Math.abs(value as number) <= 100 ? undefined : 'a whole number from -100 to 100',
  timeSlice: checkDuration,
  signal: checkSignal,
  onProgress: isFunction,
};
