import type { ScheduledCall, TimeSource } from '../../defer/clock.ts';
import { TimeoutError } from '../../defer/errors.ts';
import type { Job } from './job.ts';
import { LastMoments } from './last-moments.ts';
import type { CallOptions } from '../options.ts';

type Limits = Pick<CallOptions, 'timeout' | 'queueTimeout' | 'runTimeout'>;

/**
 * The times that one call may take. A timer for each limit looks once, when the time is over: the thread has written
 * down when it began. Only where it began late, or has not begun yet, there is another look.
 */
export class TimeLimits {
  readonly #job: Job;
  readonly #time: TimeSource;
  readonly #runTimeout: number;
  readonly #total: ScheduledCall | undefined;
  readonly #queue: ScheduledCall | undefined;
  #run: ScheduledCall | undefined;
  readonly #lastMoments: LastMoments | undefined;
  readonly #lastMomentsOfRun: LastMoments | undefined;

  /** Begins to count. */
  constructor(job: Job, limits: Limits, time: TimeSource) {
    const { timeout = FOREVER, queueTimeout = FOREVER, runTimeout = FOREVER } = limits;
    this.#job = job;
    this.#time = time;
    this.#runTimeout = runTimeout;
    if (timeout !== FOREVER) {
      this.#total = time.callLater(timeout, () => this.#totalIsOver(timeout));
      this.#lastMoments = new LastMoments(job, timeout, time);
      this.#lastMoments.comeBefore(timeout);
    }
    if (runTimeout !== FOREVER) this.#lastMomentsOfRun = new LastMoments(job, runTimeout, time);
    if (queueTimeout !== FOREVER) this.#queue = time.callLater(queueTimeout, () => this.#queueIsOver(queueTimeout));
  }

  /** What a call without limits is spared. */
  static areIn({ timeout, queueTimeout, runTimeout }: Limits): boolean {
    return isLimit(timeout) || isLimit(queueTimeout) || isLimit(runTimeout);
  }

  /** A thread has got the job. */
  jobWasSent(): void {
    if (this.#runTimeout !== FOREVER && this.#run === undefined) this.#lookIn(this.#runTimeout);
  }

  stop(): void {
    for (const timer of [this.#total, this.#queue, this.#run]) if (timer?.active()) timer.cancel();
    this.#lastMoments?.stop();
    this.#lastMomentsOfRun?.stop();
  }

  #totalIsOver(timeout: number): void {
    if (this.#hasResult()) return;
    const message = `${this.#job.functionName} had no result within ${timeout} ms.`;
    const error = new TimeoutError(timeout, 'total', message);
    this.#job.abandon(this.#lastMoments?.inStackOf(error) ?? error);
  }

  #queueIsOver(timeout: number): void {
    if (this.#job.holder?.hasBegun(this.#job)) return;
    const why = this.#job.key === undefined ? '' : ', or another call of its key had not ended';
    const message = `${this.#job.functionName} did not begin within ${timeout} ms: no thread was ready for it${why}.`;
    this.#job.abandon(new TimeoutError(timeout, 'queue', message));
  }

  /** It is on its way back, and taken. */
  #hasResult(): boolean {
    return this.#job.holder?.isDone(this.#job) === true;
  }

  #lookIn(milliseconds: number): void {
    this.#run = this.#time.callLater(milliseconds, () => this.#runMayBeOver());
    this.#lastMomentsOfRun?.comeBefore(milliseconds);
  }

  #runMayBeOver(): void {
    this.#run = undefined;
    const runTime = this.#job.holder?.runTimeOf(this.#job);
    // A job that has gone back to the queue is watched again when a thread has it.
    if (runTime === undefined || this.#hasResult()) return;
    // One that does not run yet has used up nothing, not even a limit of 0.
    if (runTime === 0 || runTime < this.#runTimeout) return this.#lookIn(Math.max(1, this.#runTimeout - runTime));
    const message = `${this.#job.functionName} ran for longer than ${this.#runTimeout} ms.`;
    const error = new TimeoutError(this.#runTimeout, 'run', message);
    this.#job.abandon(this.#lastMomentsOfRun?.inStackOf(error) ?? error);
  }
}

const FOREVER = Number.POSITIVE_INFINITY;

function isLimit(timeout: number | undefined): boolean {
  return timeout !== undefined && timeout !== FOREVER;
}
