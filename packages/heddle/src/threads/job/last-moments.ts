import { type ScheduledCall, systemTime, type TimeSource } from '../../defer/clock.ts';
import type { TimeoutError } from '../../defer/errors.ts';
import type { Job } from './job.ts';

/** A thread mostly answers within two milliseconds; one that hardly gets a processor may take more. */
const LONGEST_MS = 50;
/** The part of a time limit that is its last moments: most calls that end in time have ended before. */
const SHARE = 1 / 10;

/**
 * Finds out where in the code a job is, shortly before a time limit of its call is over. So the error can say it
 * although the call then fails at once.
 */
export class LastMoments {
  readonly #job: Job;
  readonly #timeout: number;
  readonly #time: TimeSource;
  #timer: ScheduledCall | undefined;
  #takeBack: (() => void) | undefined;
  #frames = '';

  /** @param timeout the limit, in milliseconds */
  constructor(job: Job, timeout: number, time: TimeSource) {
    this.#job = job;
    this.#timeout = timeout;
    this.#time = time;
  }

  /** Begins anew to wait for them. */
  comeBefore(end: number): void {
    this.stop();
    // The clock of a test has no moments between one time and another in which a thread could answer.
    if (this.#time !== systemTime) return;
    const length = Math.min(LONGEST_MS, Math.ceil(this.#timeout * SHARE));
    // They have begun, and it is known where the job is.
    if (end <= length && this.#frames !== '') return;
    // Where it was earlier says nothing of where it is when its time is over.
    this.#frames = '';
    this.#timer = this.#time.callLater(Math.max(0, end - length), () => this.#ask());
    this.#timer.unref?.();
  }

  stop(): void {
    if (this.#timer?.active()) this.#timer.cancel();
    this.#takeBack?.();
  }

  /** The error of the limit, with the frames of the job where they have been found out, as its stack. */
  inStackOf(error: TimeoutError): TimeoutError {
    if (this.#frames === '') return error;
    error.stack = `${error.name}: ${error.message}\n${this.#frames}`;
    this.#job.wasSeen = true;
    return error;
  }

  #ask(): void {
    const job = this.#job;
    this.#takeBack = job.holder?.whereIs?.(job, (frames) => {
      this.#frames = frames;
    });
  }
}
