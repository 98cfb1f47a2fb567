import { type CurrentJob, inside } from '../threads/wire/inside.ts';

// Whoever loads this module will ask for the job, and may do so after an `await`.
inside()?.followJobs();

/** The job that the running code belongs to; none outside of jobs. */
export function currentJob(): CurrentJob | undefined {
  return inside()?.currentJob();
}

/**
 * Whether the running code runs in a thread of Heddle's, and not in the
 * reactor's thread.
 *
 * For functions that are called in both and have to behave differently.
 *
 * @example
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { isInThread } from 'heddle/thread';
 *
 * console.log(isInThread()); // prints false
 * console.log(await deferToThread(isInThread)); // prints true
 * ```
 */
export function isInThread(): boolean {
  const here = inside();
  return here !== undefined && (here.isThread || here.currentJob() !== undefined);
}
