import { clearInterval, clearTimeout, queueMicrotask, setInterval, setTimeout } from '../defer/node-timers.ts';
import type { Job } from '../threads/job/job.ts';
import { type JobWatch, jobWatches } from '../threads/observing/job-watches.ts';
import { culpritOf } from './culprit.ts';
import { framesOf } from './frames-of.ts';
import type { LongJob } from './long-job.ts';
import { longJobWarning } from './warning-text.ts';
import { writeError } from './write-error.ts';

const SHORTEST_MS = 5;
const LONGEST_MS = 1_000;
/** A thread that has not said by then where it is, is in native code. */
const PATIENCE_MS = 250;
/** After an answer without a place the thread is asked again: so much later, then after twice as long each time. */
const FIRST_PAUSE_MS = 10;

/** Where a job is, is asked until a place, the job's end or the end of all patience tells. */
interface Question {
  readonly tell: (frames: string) => void;
  readonly giveUp: () => void;
}

/** Reports, once each, the jobs that run in the threads of this process's pools for longer than a limit. */
export class LongJobs implements JobWatch {
  readonly #limit: number;
  readonly #onLongJob: ((job: LongJob) => void) | undefined;
  /** What threads have, with the name of its pool. */
  readonly #jobs = new Map<Job, string>();
  readonly #asked = new Map<Job, Question>();
  readonly #timer: NodeJS.Timeout;

  constructor(limit: number, onLongJob: ((job: LongJob) => void) | undefined) {
    this.#limit = limit;
    this.#onLongJob = onLongJob;
    jobWatches.push(this);
    const often = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, limit / 4));
    this.#timer = setInterval(() => this.#look(), often).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#jobs.clear();
    for (const { giveUp } of this.#asked.values()) giveUp();
    this.#asked.clear();
    const index = jobWatches.indexOf(this);
    if (index >= 0) jobWatches.splice(index, 1);
  }

  sent(job: Job, pool: string): void {
    this.#jobs.set(job, pool);
  }

  settled(job: Job): void {
    this.#jobs.delete(job);
    const question = this.#asked.get(job);
    // Not at once: what a program's function throws is no concern of the pool that settles the job.
    if (question !== undefined) queueMicrotask(() => question.tell(''));
  }

  #look(): void {
    for (const [job, pool] of this.#jobs) {
      if ((job.holder?.runTimeOf(job) ?? 0) < this.#limit) continue;
      this.#jobs.delete(job);
      this.#ask(job, pool);
    }
  }

  /** A thread that has just begun a job, or awaits something in it, is in no code of the job: it may be a moment later. */
  #ask(job: Job, pool: string): void {
    let takeBack: (() => void) | undefined;
    let again: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      clearTimeout(patience);
      clearTimeout(again);
      takeBack?.();
    };
    const tell = (frames: string): void => {
      if (!this.#asked.delete(job)) return;
      giveUp();
      this.#report(job, pool, frames);
    };
    const patience = setTimeout(tell, PATIENCE_MS, '').unref();
    const look = (pause: number): void => {
      takeBack = job.holder?.whereIs?.(job, (frames) => {
        // Of what a listener throws in an answer of the inspector, Node would make a warning.
        if (frames !== '') queueMicrotask(() => tell(frames));
        else again = setTimeout(look, pause, pause * 2).unref();
      });
    };
    this.#asked.set(job, { tell, giveUp });
    look(FIRST_PAUSE_MS);
  }

  #report(job: Job, pool: string, frames: string): void {
    const stack = framesOf(frames);
    const { id, functionName } = job;
    const duration = job.holder?.runTimeOf(job) ?? job.runTime;
    const long: LongJob = { pool, id, functionName, duration, stack, culprit: culpritOf(stack) };
    if (this.#onLongJob === undefined) writeError(longJobWarning(long));
    else this.#onLongJob(long);
  }
}
