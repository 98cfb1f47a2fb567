import { CancelledError } from '../../defer/errors.ts';
import { Failure } from '../../defer/failure.ts';
import type { KeepAlive } from '../../reactor/keep-alive.ts';
import { type JobOutcome, type JobSettledEvent, jobQueued, jobSettled, jobStarted } from './diagnostics.ts';
import { Histogram } from './histogram.ts';
import type { Job } from '../job/job.ts';
import { jobWatches } from './job-watches.ts';

/**
 * What has become of a pool's calls. Keeps the process while there are any, and tells those who listen to
 * `node:diagnostics_channel`, where somebody does.
 */
export class PoolRecord {
  readonly pool: string;
  readonly runTime: Histogram = new Histogram();
  readonly waitTime: Histogram = new Histogram();
  completed = 0;
  failed = 0;
  cancelled = 0;
  refused = 0;
  readonly #keepAlive: KeepAlive;

  constructor(pool: string, keepAlive: KeepAlive) {
    this.pool = pool;
    this.#keepAlive = keepAlive;
  }

  jobWasMade(): void {
    this.#keepAlive.hold();
  }

  /** Nobody waits for what it does next. */
  jobIsHeldUp(): void {
    this.#keepAlive.release();
  }

  jobGoesOn(): void {
    this.#keepAlive.hold();
  }

  jobWasQueued(job: Job): void {
    if (jobQueued.hasSubscribers) jobQueued.publish(this.#eventOf(job));
  }

  /** Told again when a thread has given the job back, and another gets it: only the first time counts. */
  jobWasSent(job: Job): void {
    for (const watch of jobWatches) watch.sent(job, this.pool);
    if (job.turn === 0 && jobStarted.hasSubscribers) jobStarted.publish(this.#eventOf(job));
  }

  jobHasRun(job: Job): void {
    this.waitTime.add(job.waitTime * 1000);
    this.runTime.add(job.runTime * 1000);
  }

  jobHasSettled(job: Job, result: unknown): void {
    this.#keepAlive.release();
    let outcome: JobOutcome = 'completed';
    if (result instanceof Failure) outcome = result.value instanceof CancelledError ? 'cancelled' : 'failed';
    this[outcome]++;
    for (const watch of jobWatches) watch.settled(job);
    if (!jobSettled.hasSubscribers) return;
    const hasRun = job.runTime >= 0;
    const event: JobSettledEvent = {
      ...this.#eventOf(job),
      outcome,
      ...(result instanceof Failure ? { error: result.value } : {}),
      waitTime: hasRun ? job.waitTime : undefined,
      runTime: hasRun ? job.runTime : undefined,
      cpuTime: job.cpuTime,
    };
    jobSettled.publish(event);
  }

  #eventOf({ id, functionName }: Job): { pool: string; id: number; functionName: string } {
    return { pool: this.pool, id, functionName };
  }
}
