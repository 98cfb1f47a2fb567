import type { SlotOutcome } from '../channel/channel.ts';
import type { CallAnswer, JobMessage, MoreItems, ThreadCall } from '../messages.ts';
import type { Payload } from '../values/payload.ts';

/** What a process of a pool gets before anything else. */
export interface ProcessData {
  readonly kind: 'data';
  /** What it is called in lists of processes. */
  readonly title: string;
  /** The files of the program's entry module, which no process may run. */
  readonly entryFiles: readonly string[];
  /** How many threads or processes it is within, itself included. */
  readonly depth: number;
  /** Whether stacks are to show the places that source maps lead to. */
  readonly sourceMaps: boolean;
  /** Where it shall keep what V8 has compiled; undefined where the program keeps nothing. */
  readonly compileCache: string | undefined;
  /** The niceness that the process gives itself; 0 leaves it as it is. */
  readonly nice: number;
  /** Whether it shall tell how much memory it uses. */
  readonly measuresMemory: boolean;
  /** Signals that the program takes care of: those that a terminal sends to all of its processes. */
  readonly ignoredSignals: readonly NodeJS.Signals[];
}

/** From a pool to one of its processes. */
export type ToProcess =
  | ProcessData
  | { readonly kind: 'job'; readonly job: number; readonly functionId: number; readonly message: JobMessage }
  /** The job that runs has been cancelled: for what waits in the event loop. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'items'; readonly items: MoreItems }
  /** To be answered when nothing that jobs have left behind keeps the process. */
  | { readonly kind: 'ask'; readonly ask: number };

/** To a process that waits for an answer: the answer, or that it may look whether it still has to wait. */
export type ProcessAnswer = CallAnswer | 'look';

/** From a process to its pool. */
export type FromProcess =
  | { readonly kind: 'ready' }
  | ProcessResult
  | { readonly kind: 'call'; readonly call: ThreadCall }
  | { readonly kind: 'free'; readonly ask: number }
  /** An uncaught error, which ends it. */
  | { readonly kind: 'crash'; readonly payload: Payload };

/** What a job has ended with. */
export interface ProcessResult {
  readonly kind: 'result';
  readonly job: number;
  readonly outcome: SlotOutcome;
  readonly payload: Payload;
  readonly microseconds: number;
  /** When it began, as all processes count the time. */
  readonly beganAt: number;
  /** How many bytes the process used when it looked last; 0 where it does not. */
  readonly memory: number;
}
