import type { Job, JobHolder } from './job.ts';

/**
 * Jobs that wait for a thread, first come, first served. A list linked through
 * the jobs themselves: taking one out of the middle costs the same however
 * many wait, and a job that leaves is no longer held.
 */
export class JobQueue implements JobHolder {
  #first: Job | undefined;
  #last: Job | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The jobs that wait, in order. */
  jobs(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.#first; job !== undefined; job = job.next) jobs.push(job);
    return jobs;
  }

  push(job: Job): void {
    job.holder = this;
    job.previous = this.#last;
    if (this.#last === undefined) this.#first = job;
    else this.#last.next = job;
    this.#last = job;
    this.#size++;
  }

  /** Takes jobs back that had been the first, in their order. */
  putBack(jobs: readonly Job[]): void {
    for (const job of jobs.toReversed()) this.#unshift(job);
  }

  #unshift(job: Job): void {
    job.holder = this;
    job.next = this.#first;
    if (this.#first === undefined) this.#last = job;
    else this.#first.previous = job;
    this.#first = job;
    this.#size++;
  }

  shift(): Job | undefined {
    const job = this.#first;
    if (job !== undefined) this.release(job);
    return job;
  }

  hasBegun(): boolean {
    return false;
  }

  runTimeOf(): undefined {
    return undefined;
  }

  release(job: Job): void {
    if (job.previous === undefined) this.#first = job.next;
    else job.previous.next = job.next;
    if (job.next === undefined) this.#last = job.previous;
    else job.next.previous = job.previous;
    job.previous = undefined;
    job.next = undefined;
    job.holder = undefined;
    this.#size--;
  }
}
