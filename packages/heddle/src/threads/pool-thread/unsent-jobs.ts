import type { Callable } from '../callable/resolve.ts';
import type { Job } from '../job/job.ts';

/**
 * The jobs that a thread has been given and that are not on their way: their function is still looked for, the thread is
 * not ready yet, or they are held until it has a slot, or nothing else to do.
 */
export class UnsentJobs {
  readonly #jobs = new Set<Job>();
  readonly #held = new Map<Job, Callable>();

  get size(): number {
    return this.#jobs.size;
  }

  /** How many of them are held. */
  get held(): number {
    return this.#held.size;
  }

  add(job: Job): void {
    this.#jobs.add(job);
  }

  hold(job: Job, callable: Callable): void {
    this.#jobs.add(job);
    this.#held.set(job, callable);
  }

  /** Whether the job was among them. */
  delete(job: Job): boolean {
    this.#held.delete(job);
    return this.#jobs.delete(job);
  }

  /** The first of those that are held, which is none of them any more. */
  takeHeld(): { readonly job: Job; readonly callable: Callable } | undefined {
    for (const [job, callable] of this.#held) {
      this.delete(job);
      return { job, callable };
    }
    return undefined;
  }

  /** Those that are held at the end: they come after whatever else the thread has. */
  all(): Job[] {
    const others = [...this.#jobs].filter((job) => !this.#held.has(job));
    return [...others, ...this.#held.keys()];
  }

  /** All of them, which are none any more. */
  takeAll(): Job[] {
    const jobs = this.all();
    this.#jobs.clear();
    this.#held.clear();
    return jobs;
  }
}
