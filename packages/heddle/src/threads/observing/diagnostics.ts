import { type Channel, channel } from 'node:diagnostics_channel';

/** What `heddle:job:queued` and `heddle:job:started` tell of a call. */
export interface JobEvent {
  /** The pool's name. */
  readonly pool: string;
  /** The call's number, which its other events have too. */
  readonly id: number;
  readonly functionName: string;
}

/** What `heddle:job:settled` tells of a call. */
export interface JobSettledEvent extends JobEvent {
  readonly outcome: JobOutcome;
  /** What it failed with; left out where it completed. */
  readonly error?: unknown;
  /** Milliseconds before it began; `undefined` where no thread has answered. */
  readonly waitTime: number | undefined;
  /** Milliseconds that it ran in its thread; `undefined` where no thread has answered. */
  readonly runTime: number | undefined;
  /**
   * Milliseconds of processor time that it took; `undefined` where that was not measured: it is for functions whose last
   * run took a millisecond or more, where Node can tell.
   */
  readonly cpuTime: number | undefined;
}

/** How a call ended. A timeout is a failure. */
export type JobOutcome = 'completed' | 'failed' | 'cancelled';

/** A pool has taken a call. */
export const jobQueued: Channel = channel('heddle:job:queued');
/**
 * The pool gives the call to a thread, which begins it as soon as it has done what it got before. A call that only now
 * turns out not to be sendable, or that is cancelled in the same turn, is told all the same, and no thread gets it.
 */
export const jobStarted: Channel = channel('heddle:job:started');
/** The call has its outcome, which its Deferred gets next. */
export const jobSettled: Channel = channel('heddle:job:settled');
