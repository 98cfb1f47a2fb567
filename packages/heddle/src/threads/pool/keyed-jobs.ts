import { WaitingLine } from '../../defer/waiting-line.ts';
import type { Job } from '../job/job.ts';
import { JobQueue, type QueueOwner } from './job-queue.ts';

/** The calls of one key that have not ended. */
export class KeyLine {
  /** The one that is at a thread, or is the next to get there. */
  current: Job | undefined;
  /** Those whose turn has come while another was at a thread. */
  readonly parked: JobQueue;
  /** All of them, in the order in which they were made. */
  readonly made: WaitingLine<Job> = new WaitingLine();

  constructor(owner: QueueOwner) {
    this.parked = new JobQueue(owner);
  }
}

/**
 * Calls that have a key: those with the same key run in the order in which they were made, never two at once.
 *
 * Each waits in the pool's queue like any other. One whose turn comes while another of its key is at a thread is
 * parked, and goes to the front of the queue when the other has ended: its turn has come before. So a key costs the
 * same however many calls wait.
 */
export class KeyedJobs {
  readonly #owner: QueueOwner;
  readonly #lines = new Map<unknown, KeyLine>();

  constructor(owner: QueueOwner) {
    this.#owner = owner;
  }

  /** Those whose turn has come, and who wait for another of their key. */
  *parked(): Generator<Job, void> {
    for (const { parked } of this.#lines.values()) yield* parked.jobs();
  }

  /** Whether a call of this key would have to wait for another. */
  isTaken(key: unknown): boolean {
    return key !== undefined && this.#lines.has(key);
  }

  /** A job has been made. While the one before it waits, its priority counts no more than that one's: they keep their order. */
  enter(job: Job): void {
    let line = this.#lines.get(job.key);
    if (line === undefined) {
      line = new KeyLine(this.#owner);
      this.#lines.set(job.key, line);
    }
    const { last } = line.made;
    if (last !== undefined && last !== line.current) job.priority = Math.min(last.priority, job.priority);
    job.line = line;
    job.placeInLine = line.made.push(job);
  }

  /** Whether a job whose turn has come may run now. */
  mayRun(job: Job): boolean {
    const { line } = job;
    if (line === undefined) return true;
    line.current ??= job;
    return line.current === job;
  }

  /** Keeps a job, taken out of the queue, until those before it have ended. */
  park(job: Job): void {
    job.line?.parked.push(job);
  }

  /**
   * A job has ended, wherever it was: no thread has it any more.
   *
   * @returns the one whose turn it is now, to be put at the front of the queue
   */
  leave(job: Job): Job | undefined {
    const { line, placeInLine } = job;
    if (line === undefined || placeInLine === undefined) return undefined;
    job.line = undefined;
    job.placeInLine = undefined;
    line.made.remove(placeInLine);
    if (line.made.length === 0) this.#lines.delete(job.key);
    if (line.current !== job) return undefined;
    line.current = line.parked.shift();
    return line.current;
  }
}
