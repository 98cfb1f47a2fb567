import type { ScheduledCall, TimeSource } from '../../defer/clock.ts';
import type { ThreadConnection } from '../connection/connection.ts';
import type { Job } from '../job/job.ts';

/** What a thread's jobs that were given up need of it. */
export interface GivingUp {
  readonly connection: Pick<ThreadConnection, 'cancel' | 'progressOf'>;
  readonly time: TimeSource;
  /** Whether other jobs may be on their way in the thread. */
  readonly isShared: boolean;
  /** Ends the thread: the job has had its time. */
  end(job: Job): void;
}

/** The jobs that were given up while a thread ran them, until they have ended: no other may wait behind them. */
export class GivenUpJobs {
  readonly #thread: GivingUp;
  /** By their slots, what ends the thread when they have had their time. */
  readonly #ends = new Map<number, ScheduledCall | undefined>();

  constructor(thread: GivingUp) {
    this.#thread = thread;
  }

  get size(): number {
    return this.#ends.size;
  }

  /**
   * Gives up a job that the thread has begun, or that cannot be taken back any more.
   *
   * @returns whether the job has been told, so that it waits for nothing any more
   */
  add(job: Job): boolean {
    const { slot, onCancel, grace } = job;
    const { connection, time, isShared } = this.#thread;
    // One whose items nobody takes any more would wait for that for ever; one that has not begun shall not.
    const isTold = onCancel !== 'abandon' || job.sendsItems || connection.progressOf(slot) === 'sent';
    if (isTold) connection.cancel(slot);
    // What is done has its result on the way. What is on its way to a process will be begun, if that comes to it.
    if (connection.progressOf(slot) === 'done') return isTold;
    if (onCancel !== 'terminate') {
      // Where others may run meanwhile, it may only wait.
      if (!isShared) this.#ends.set(slot, undefined);
      return isTold;
    }
    if (grace === 0) {
      this.#thread.end(job);
      return isTold;
    }
    const end = time.callLater(grace, () => {
      if (connection.progressOf(slot) !== 'done') this.#thread.end(job);
    });
    // A thread alone does not keep the process.
    end.unref?.();
    this.#ends.set(slot, end);
    return isTold;
  }

  /** The job in this slot has ended by itself. */
  hasEnded(slot: number): void {
    const end = this.#ends.get(slot);
    if (end?.active()) end.cancel();
    this.#ends.delete(slot);
  }

  /** The thread ends. */
  stop(): void {
    for (const slot of this.#ends.keys()) this.hasEnded(slot);
  }
}
