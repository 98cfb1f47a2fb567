import type { Job, JobHolder } from '../job/job.ts';

/** Whoever has queues, and must know of every job in them. */
export interface QueueOwner {
  /** How many jobs wait in all the owner's queues. */
  waiting: number;
  /** A job that waited is not wanted any more. */
  waitingJobHasLeft(job: Job): void;
}

/**
 * Jobs that wait for a thread, first come, first served. A list linked through
 * the jobs themselves: taking one out of the middle costs the same however
 * many wait, and a job that leaves is no longer held.
 */
export class JobQueue implements JobHolder {
  readonly #owner: QueueOwner;
  #first: Job | undefined;
  #last: Job | undefined;
  #size = 0;

  constructor(owner: QueueOwner) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#size;
  }

  /** The job whose turn comes first. */
  get first(): Job | undefined {
    return this.#first;
  }

  /** The jobs that wait, in order. */
  *jobs(): Generator<Job, void> {
    for (let job = this.#first; job !== undefined; job = job.next) yield job;
  }

  push(job: Job): void {
    job.holder = this;
    job.previous = this.#last;
    if (this.#last === undefined) this.#first = job;
    else this.#last.next = job;
    this.#last = job;
    this.#size++;
    this.#owner.waiting++;
  }

  /** Takes a job back whose turn had come: it stands before all that were made after it. */
  putBack(job: Job): void {
    let next = this.#first;
    while (next !== undefined && next.id < job.id) next = next.next;
    const previous = next === undefined ? this.#last : next.previous;
    job.holder = this;
    job.previous = previous;
    job.next = next;
    if (previous === undefined) this.#first = job;
    else previous.next = job;
    if (next === undefined) this.#last = job;
    else next.previous = job;
    this.#size++;
    this.#owner.waiting++;
  }

  shift(): Job | undefined {
    const job = this.#first;
    if (job !== undefined) this.#remove(job);
    return job;
  }

  hasBegun(): boolean {
    return false;
  }

  isDone(): boolean {
    return false;
  }

  runTimeOf(): undefined {
    return undefined;
  }

  release(job: Job): void {
    this.#remove(job);
    this.#owner.waitingJobHasLeft(job);
  }

  #remove(job: Job): void {
    if (job.previous === undefined) this.#first = job.next;
    else job.previous.next = job.next;
    if (job.next === undefined) this.#last = job.previous;
    else job.next.previous = job.previous;
    job.previous = undefined;
    job.next = undefined;
    job.holder = undefined;
    this.#size--;
    this.#owner.waiting--;
  }
}
