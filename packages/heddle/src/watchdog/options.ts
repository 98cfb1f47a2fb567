import { AsyncLocalStorage } from 'node:async_hooks';
import { checkOptions, type OptionChecks } from '../defer/check-options.ts';
import type { BlockedLoop } from './blocked-loop.ts';
import type { LongJob } from './long-job.ts';

/** What a watch looks for, and whom it tells. */
export interface WatchOptions {
  /** For how many milliseconds the loop may go without turning. By default 50. */
  readonly threshold?: number | undefined;
  /**
   * Gets each block, in the loop's thread, when it is over. By default a warning is written to stderr, by the watching
   * thread itself: at most one a minute for each place.
   */
  readonly onBlocked?: ((block: BlockedLoop) => void) | undefined;
  /** Whose store a block brings along as its `context`: what the program keeps the request in, say. */
  readonly context?: AsyncLocalStorage<unknown> | undefined;
  /** For how many milliseconds a job of a thread pool may run before it is reported. By default Infinity: none is. */
  readonly jobLimit?: number | undefined;
  /** Gets each job that runs longer than `jobLimit`, once, while it runs. By default a warning is written to stderr. */
  readonly onLongJob?: ((job: LongJob) => void) | undefined;
}

/** The options with their defaults. */
export interface CompleteWatchOptions {
  readonly threshold: number;
  readonly onBlocked: ((block: BlockedLoop) => void) | undefined;
  readonly context: AsyncLocalStorage<unknown> | undefined;
  readonly jobLimit: number;
  readonly onLongJob: ((job: LongJob) => void) | undefined;
}

/** Longer than this, and a day's timers would not fire. */
const LONGEST_MS = 86_400_000;

const checks: OptionChecks<WatchOptions> = {
  threshold: (value) =>
    typeof value === 'number' && value >= 1 && value <= LONGEST_MS
      ? undefined
      : `a number of milliseconds, from 1 to ${LONGEST_MS}`,
  onBlocked: checkFunction,
  context: (value) => (value instanceof AsyncLocalStorage ? undefined : 'an AsyncLocalStorage'),
  jobLimit: (value) => (typeof value === 'number' && value > 0 ? undefined : 'a number of milliseconds, or Infinity'),
  onLongJob: checkFunction,
};

/** @throws InvalidArgumentError when an option cannot be what it is given as */
export function completeWatchOptions(options: WatchOptions): CompleteWatchOptions {
  const {
    threshold = 50,
    onBlocked,
    context,
    jobLimit = Number.POSITIVE_INFINITY,
    onLongJob,
  } = checkOptions(options, checks, 'watch of the loop');
  return { threshold, onBlocked, context, jobLimit, onLongJob };
}

function checkFunction(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : 'a function';
}
