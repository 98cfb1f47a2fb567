import { CancelledError } from '../../defer/errors.ts';
import type { Job } from '../job/job.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';

/**
 * What becomes of a call at the moment: it waits; its function runs, or is being loaded for it; or its caller has given
 * it up, and the thread has not ended it yet.
 */
export type CallState = 'waiting' | 'running' | 'given up';

/** A call that has not ended, as it was when the pool was asked: see {@link ThreadPool.calls}. */
export interface PoolCall {
  /** The call's number, which no other call of the program has; its events on `node:diagnostics_channel` have it too. */
  readonly id: number;
  readonly functionName: string;
  /** The name of the pool; of a bound object's call that of the object's own, such as `parsers-bound-1`. */
  readonly pool: string;
  readonly state: CallState;
  /** The name of the thread that has the call, also where the call waits there; undefined while none has. */
  readonly thread: string | undefined;
  /** Milliseconds since the call was made. */
  readonly age: number;
  /** For how many milliseconds the function has been running; undefined where no thread has begun the call. */
  readonly runTime: number | undefined;
  /**
   * Gives the call up, as its Deferred's `cancel()` would: it fails with a {@link CancelledError}, and what becomes of
   * a function that runs goes by the call's `onCancel`.
   *
   * @param reason the `cause` of the error
   * @returns false where the call has ended meanwhile, or was given up already
   */
  cancel(reason?: unknown): boolean;
}

/** @param age how long ago the call was made, in milliseconds */
export function describeCall(job: Job, pool: string, age: number, thread: PoolThread | undefined): PoolCall {
  const { id, functionName } = job;
  const hasBegun = thread?.hasBegun(job) === true;
  let state: CallState = hasBegun ? 'running' : 'waiting';
  if (job.settled) state = 'given up';
  return {
    id,
    functionName,
    pool,
    state,
    thread: thread?.name,
    age,
    runTime: hasBegun ? thread.runTimeOf(job) : undefined,
    cancel: (reason) => cancelJob(job, reason),
  };
}

function cancelJob(job: Job, reason: unknown): boolean {
  if (job.settled) return false;
  const message = `The call of ${job.functionName} was cancelled through its pool.`;
  job.abandon(new CancelledError(message, reason === undefined ? {} : { cause: reason }));
  return true;
}
