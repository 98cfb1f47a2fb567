import type { ScheduledCall, TimeSource } from '../../defer/clock.ts';
import type { ThreadConnection, ThreadEnd } from '../connection/connection.ts';
import type { ThreadExitError } from '../errors.ts';
import type { Job } from '../job/job.ts';
import type { StuckThread } from './stuck-thread.ts';
import { exitError } from './thread-exit.ts';

/**
 * A thread goes on for so long, in milliseconds, after it was told to end: then it is in native code, which nobody can
 * end. Ordinary JavaScript ends within a few, long operations of the engine within some hundred.
 */
const PATIENCE_MS = 1000;

/** A thread that was ended from outside. */
const TERMINATED: ThreadEnd = { exitCode: 1 };

/** That a thread has been told to end, what for, and what can be said of it where it goes on all the same. */
export class ThreadEnding {
  readonly #time: TimeSource;
  readonly #now: () => number;
  #watch: EndWatch | undefined;
  /** Where in the code it was when somebody last asked, and the job that it had. */
  #lastSeen: { readonly job: Job; readonly frames: string } | undefined;
  isTold = false;
  /** Whose time was over, where the thread is ended for that. */
  endsFor: Job | undefined;

  /** @param now the time as the pool counts it */
  constructor(time: TimeSource, now: () => number) {
    this.#time = time;
    this.#now = now;
  }

  /** @param shouldHaveEnded is called where it goes on for longer than ordinary code can */
  begin(connection: ThreadConnection, shouldHaveEnded: () => void): void {
    const { endsWithin = PATIENCE_MS } = connection;
    this.#watch = new EndWatch(this.#time, this.#now, endsWithin, () => {
      connection.end();
      shouldHaveEnded();
    });
    // On Deno, a thread has ended when this returns.
    connection.end();
  }

  hasEnded(): void {
    this.#watch?.stop();
  }

  wasSeen(job: Job, frames: string): void {
    this.#lastSeen = { job, frames };
  }

  wasNotSeen(): void {
    this.#lastSeen = undefined;
  }

  /** Where it was is of no more use, and would keep the call with its result as long as the thread lives. */
  jobHasEnded(job: Job): void {
    if (this.#lastSeen?.job === job) this.#lastSeen = undefined;
  }

  /** @param running the job that it has begun */
  stuck(name: string, running: () => Job | undefined): StuckThread | undefined {
    if (!this.#watch?.isOverdue) return undefined;
    const job = this.endsFor ?? running();
    const frames = this.#lastSeen?.job === job ? this.#lastSeen?.frames : undefined;
    return { name, functionName: job?.functionName, overdue: this.#watch.overdue, stack: frames || undefined };
  }

  /** The failure of a job that has no result because the thread has ended, or should have. */
  errorOf({ functionName }: Job, end: ThreadEnd = TERMINATED): ThreadExitError {
    return exitError(functionName, end, this.endsFor);
  }
}

/** Watches whether a thread that has been told to end does so. */
class EndWatch {
  readonly #now: () => number;
  readonly #toldAt: number;
  readonly #timer: ScheduledCall;
  #isOverdue = false;

  /**
   * @param now the time as the pool counts it
   * @param patience how many milliseconds it has for that
   * @param tell is called when the thread should have ended
   */
  constructor(time: TimeSource, now: () => number, patience: number, tell: () => void) {
    this.#now = now;
    this.#toldAt = now();
    this.#timer = time.callLater(patience, () => {
      this.#isOverdue = true;
      tell();
    });
    // A thread alone does not keep the process.
    this.#timer.unref?.();
  }

  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  get overdue(): number {
    return this.#now() - this.#toldAt;
  }

  stop(): void {
    this.#isOverdue = false;
    if (this.#timer.active()) this.#timer.cancel();
  }
}
