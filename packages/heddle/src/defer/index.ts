export type { ScheduledCall, TimeSource } from './clock.ts';
export { NotACoroutineError } from './coroutine.ts';
export { getDebugging, setDebugging, type DeferredHistory } from './debug.ts';
export { type Canceller, Deferred, type Settled } from './deferred.ts';
export {
  DeferredList,
  type DeferredListEntry,
  type DeferredListOptions,
  type DeferredListResult,
  type FailedEntry,
} from './deferred-list.ts';
export {
  AlreadyTryingToLockError,
  DeferredFilesystemLock,
  type FilesystemLockOptions,
  type LockWaitOptions,
} from './deferred-filesystem-lock.ts';
export { DeferredLock } from './deferred-lock.ts';
export { DeferredQueue, type DeferredQueueOptions } from './deferred-queue.ts';
export { DeferredSemaphore } from './deferred-semaphore.ts';
export { ensureDeferred, fromCoroutine } from './ensure-deferred.ts';
export {
  AlreadyCalledError,
  CancelledError,
  InvalidArgumentError,
  NotPausedError,
  TimeoutError,
  type TimeLimit,
} from './errors.ts';
export { execute } from './execute.ts';
export { type ErrorClass, Failure } from './failure.ts';
export { FailureGroup } from './failure-group.ts';
export { FirstError } from './first-error.ts';
export { type GatherResultsOptions, gatherResults } from './gather-results.ts';
export type { Hold } from './hold.ts';
export { inlineCallbacks } from './inline-callbacks.ts';
export type { Inputs, Values } from './inputs.ts';
export { logError } from './log-error.ts';
export { maybeDeferred } from './maybe-deferred.ts';
export { NotAcquiredError } from './not-acquired-error.ts';
export { QueueOverflow, QueueUnderflow } from './queue-errors.ts';
export { type RaceResult, race } from './race.ts';
export { fail, succeed } from './succeed.ts';
export type { TokenPool } from './token-pool.ts';
export { setUnhandledFailurePolicy, type UnhandledFailure, type UnhandledFailurePolicy } from './unhandled.ts';
