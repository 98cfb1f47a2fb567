import type { Job, JobHolder } from './job.ts';

/** A thread as its pool sees it: something that takes one job at a time. */
export interface PoolThread extends JobHolder {
  /** The job it has now. */
  readonly job: Job | undefined;
  /** Whether it has got as far as to take work. */
  readonly started: boolean;
  /** When it last became idle, in `performance.now()` milliseconds. Kept by the pool. */
  idleSince: number;
  /** Gives the thread a job. It may still be starting. */
  run(job: Job): void;
  /** Ends the thread, whatever it is doing. */
  end(): void;
}

/** Whoever gives threads their jobs. */
export interface ThreadOwner {
  /** The thread has no job any more. */
  threadIsIdle(thread: PoolThread): void;
  /** The thread has been told to end, and will. */
  threadIsEnding(thread: PoolThread): void;
  /** The thread has died of what an earlier job left behind, before it began this one. */
  jobHasNotBegun(job: Job): void;
  /** The thread is gone. */
  threadHasEnded(thread: PoolThread): void;
}
