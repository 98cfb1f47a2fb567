import type { Job } from '../job/job.ts';

/** Wants to know of the jobs that threads have. */
export interface JobWatch {
  /** A thread gets the job, for the first time or again. */
  sent(job: Job, pool: string): void;
  settled(job: Job): void;
}

/** All of them; mostly none. */
export const jobWatches: JobWatch[] = [];
