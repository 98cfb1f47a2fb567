import type { Job } from '../job/job.ts';
import { JobQueue, type QueueOwner } from './job-queue.ts';

/** One in so many jobs is the one that has waited longest, whatever its priority. */
const SHARE_OF_AGE = 8;
/** For so many turns it is known how many jobs had been passed over before: more than threads have ahead. */
const TURNS_REMEMBERED = 1024;

interface Rank {
  readonly priority: number;
  readonly jobs: JobQueue;
}

/**
 * Jobs that wait for a thread: those of higher priority first, within a priority first come, first served.
 *
 * So that none waits for ever, age counts too: of any eight jobs that are taken one after the other, at least one is
 * the one that was made first of all that wait. Each priority has a list of its own. While all jobs have priority 0,
 * there is one list and nothing to choose.
 */
export class PriorityQueue {
  readonly #owner: QueueOwner;
  readonly #common: JobQueue;
  /** The highest first. Priority 0 is always there; the others while they have jobs. */
  readonly #ranks: Rank[];
  /** How many jobs have been taken since the oldest was. */
  #passedOver = 0;
  /** How many turns there have been: the order in which jobs go back if they must. */
  #turns = 0;
  /** Of the last turns, how many jobs had been passed over before each. */
  readonly #lately = new Uint8Array(TURNS_REMEMBERED);

  constructor(owner: QueueOwner) {
    this.#owner = owner;
    this.#common = new JobQueue(owner);
    this.#ranks = [{ priority: 0, jobs: this.#common }];
  }

  get size(): number {
    let size = 0;
    for (const { jobs } of this.#ranks) size += jobs.size;
    return size;
  }

  /** The job that {@link shift} would take. */
  get first(): Job | undefined {
    return this.#ranks.length === 1 ? this.#common.first : this.#next();
  }

  /** The jobs that wait, by priority. */
  *jobs(): Generator<Job, void> {
    for (const { jobs } of this.#ranks) yield* jobs.jobs();
  }

  push(job: Job): void {
    this.#listOf(job.priority).push(job);
  }

  /** Takes jobs back whose turn had come. */
  putBack(jobs: readonly Job[]): void {
    // The last one first: the others then have to pass only what was put back before.
    for (const job of jobs.toReversed()) this.#listOf(job.priority).putBack(job);
  }

  /** The same of jobs that were to begin and have not: as if none of them had had its turn. */
  giveTurnBack(jobs: readonly Job[]): void {
    this.putBack(jobs);
    let first = this.#turns + 1;
    let mostPassedOver = this.#passedOver;
    for (const { turn } of jobs) {
      first = Math.min(first, turn);
      mostPassedOver = Math.max(mostPassedOver, this.#passedOverBefore(turn));
    }
    // Where others have had theirs in between, how many were passed over since is not known: the oldest comes sooner then.
    const areTheLast = first + jobs.length > this.#turns;
    this.#passedOver = areTheLast ? this.#passedOverBefore(first) : mostPassedOver;
  }

  /** Takes the first job out for a thread, which is to begin it. The turn is the job's when it is the thread's. */
  giveTurn(): Job | undefined {
    const passedOver = this.#passedOver;
    const job = this.shift();
    if (job === undefined) return undefined;
    this.#turns++;
    this.#lately[this.#turns % TURNS_REMEMBERED] = passedOver;
    return job;
  }

  /** How many turns there have been: the number of the last one. */
  get turns(): number {
    return this.#turns;
  }

  #passedOverBefore(turn: number): number {
    if (turn > this.#turns) return this.#passedOver;
    if (this.#turns - turn >= TURNS_REMEMBERED) return SHARE_OF_AGE - 1;
    return this.#lately[turn % TURNS_REMEMBERED] as number;
  }

  /** Takes the first job out which does not begin: that says nothing of whose turn it is. */
  setAside(): Job | undefined {
    const job = this.first;
    if (job !== undefined) this.#listOf(job.priority).shift();
    return job;
  }

  /** Takes the first job out, which begins. */
  shift(): Job | undefined {
    if (this.#ranks.length === 1) {
      this.#passedOver = 0;
      return this.#common.shift();
    }
    const job = this.#next();
    if (job === undefined) return undefined;
    this.#passedOver = job === this.#oldest() ? 0 : this.#passedOver + 1;
    this.#listOf(job.priority).shift();
    return job;
  }

  #next(): Job | undefined {
    this.#dropEmpty();
    if (this.#passedOver >= SHARE_OF_AGE - 1) return this.#oldest();
    return this.#ranks.find(({ jobs }) => jobs.size > 0)?.jobs.first;
  }

  #oldest(): Job | undefined {
    let oldest: Job | undefined;
    for (const { jobs } of this.#ranks) {
      if (jobs.first !== undefined && (oldest === undefined || jobs.first.id < oldest.id)) oldest = jobs.first;
    }
    return oldest;
  }

  #listOf(priority: number): JobQueue {
    if (priority === 0) return this.#common;
    const index = this.#ranks.findIndex((rank) => rank.priority <= priority);
    const found = this.#ranks[index];
    if (found?.priority === priority) return found.jobs;
    const jobs = new JobQueue(this.#owner);
    this.#ranks.splice(index < 0 ? this.#ranks.length : index, 0, { priority, jobs });
    return jobs;
  }

  #dropEmpty(): void {
    for (let index = this.#ranks.length - 1; index >= 0; index--) {
      const rank = this.#ranks[index] as Rank;
      if (rank.priority !== 0 && rank.jobs.size === 0) this.#ranks.splice(index, 1);
    }
  }
}
