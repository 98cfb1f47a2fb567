import type { Job, JobHolder } from '../job/job.ts';
import type { Place } from './place.ts';
import type { ThreadStatistics } from '../observing/statistics.ts';
import type { StuckThread } from './stuck-thread.ts';

/** Makes the error of a call for which no thread could be had. */
export type StartFailure = (functionName: string) => unknown;

/** A thread as its pool sees it: it has a job, or as many as it may run at once, and others ahead of their turn. */
export interface PoolThread extends JobHolder {
  readonly name: string;
  /** How many jobs it has, those ahead included. */
  readonly load: number;
  /** How many of its jobs the team counts as waiting. */
  counted: number;
  /** Its place among the team's threads that have jobs and may have more. */
  readonly roomy: Place;
  /** Its place among those of them that would begin these at once. */
  readonly unfilled: Place;
  /** Its place among those whose jobs another could begin sooner. */
  readonly laden: Place;
  /** How many of them wait for the others. */
  readonly ahead: number;
  /** Whether it has been asked to say when it is free, and has got no job since. */
  isAsked: boolean;
  /** Whether the team counts it among those that do nothing. */
  isIdle: boolean;
  /** Whether it should have one more: because it has less than it may run at once, or ahead of its turn. */
  readonly hasRoom: boolean;
  /** For how many nanoseconds it has work, as far as can be told from what its functions took before; many if it cannot. */
  readonly expected: number;
  /** Whether it may have jobs that it has not begun: not when they have been taken back since its last answer. */
  readonly mayGiveBack: boolean;
  /** Whether it has got as far as to take work. */
  readonly started: boolean;
  /** Set where it ended before it did anything, or could not be made ready. */
  readonly startFailure: StartFailure | undefined;
  /** When it last finished a job or got its only one, in milliseconds of the clock. */
  readonly lastProgress: number;
  /** How it has been used so far. */
  usage(): ThreadStatistics;
  /** For how many milliseconds a job that it has has been running. */
  runTimeOf(job: Job): number;
  /** The jobs it has, the one that runs first. */
  jobs(): Job[];
  /**
   * Gives the thread a job. It may still be starting.
   *
   * @param turn the job's place in the order in which threads get theirs
   */
  run(job: Job, turn: number): void;
  /** Takes back the jobs it has not begun, in their order. It gets none ahead until it finishes one. */
  takeBack(): Job[];
  /** Asks an idle thread to say when nothing that jobs have left behind keeps it. */
  askWhenFree(): void;
  /** Ends the thread, whatever it is doing. */
  end(): void;
  /** What there is to say of it where it should have ended and has not; undefined otherwise. */
  stuck(): StuckThread | undefined;
}

/** Whoever gives threads their jobs. */
export interface ThreadOwner {
  /** The thread can begin its first job. */
  threadIsReady(thread: PoolThread): void;
  /** The thread has answered its first job. */
  threadHasAnswered(): void;
  /** A job has ended: no thread has it any more, and none will. */
  jobHasLeft(job: Job): void;
  /** A job that the thread has waits there until it has no other. */
  jobIsHeld(thread: PoolThread): void;
  /** The thread has a job less, or may have one more beside those that it has. */
  threadHasRoom(thread: PoolThread): void;
  /** The thread's job waits for the reactor, or for whom its items are for: another thread may work meanwhile. */
  threadIsAbsent(thread: PoolThread): void;
  /** It goes on. */
  threadIsBack(thread: PoolThread): void;
  /** Nothing keeps the thread, which has been asked and is idle. */
  threadIsFree(thread: PoolThread): void;
  /** The thread takes no more jobs: it has been told to end, or is gone already. */
  threadIsEnding(thread: PoolThread): void;
  /** Jobs that the thread has not begun, and will not. */
  jobsHaveNotBegun(thread: PoolThread, jobs: readonly Job[]): void;
  /** The thread has been told to end, and goes on. */
  threadIsStuck(thread: PoolThread): void;
  /** The thread is gone, and has no jobs. */
  threadHasEnded(thread: PoolThread): void;
}
