import type { Place } from '../../defer/waiting-line.ts';
import type { KeyLine } from '../pool/keyed-jobs.ts';
import type { Job } from './job.ts';
import type { OnCancel } from '../options.ts';
import type { TimeLimits } from './time-limits.ts';

const DEFAULT_GRACE = 100;

/** What only some calls have to them. It is kept apart, to take no room in the others: many may wait. */
export class CallTerms {
  /** Which jobs it goes before while it waits. */
  priority = 0;
  /** What becomes of the job if it is given up while it runs, and how many milliseconds it then has. */
  onCancel: OnCancel = 'terminate';
  grace: number = DEFAULT_GRACE;
  /** What it has in common with jobs that must not run at the same time. */
  key: unknown = undefined;
  /** The other jobs of its key, until it has left the pool. */
  line: KeyLine | undefined = undefined;
  placeInLine: Place<Job> | undefined = undefined;
  /** Where the call was made, if its error is to say so. */
  madeBy: Error | undefined = undefined;
  /** Whether the error of the call has the place where the job was in its thread. */
  wasSeen = false;
  /** Whether it sends items as they are taken, and does nothing until some are. */
  sendsItems = false;
  /** Whether it does nothing now until some are. */
  isHeldUp = false;
  timeLimits: TimeLimits | undefined = undefined;
  stopListening: (() => void) | undefined = undefined;
}

/** Those of a call that was made without options. Nobody changes them. */
export const NO_TERMS: Readonly<CallTerms> = Object.freeze(new CallTerms());
