import type { Transferable } from 'node:worker_threads';
import type { TellWhereabouts } from './whereabouts.ts';
import type { SlotOutcome } from '../wire/channel/channel.ts';
import type { CallAnswer, MoreItems, ThreadCall } from '../wire/messages.ts';
import type { JobReference } from '../wire/reference.ts';

/** The way to one thread and back, whatever carries the jobs. */
export interface ThreadConnection {
  /** How many jobs it takes at a time; how many of them the thread does at once is not its affair. */
  readonly capacity: number;
  /**
   * Sends a job.
   *
   * A call that is not wanted any more when its arguments have been read is withdrawn at once.
   *
   * @returns the slot by which the connection knows it, a small number that is free again when the job has ended;
   *   {@link NOT_NOW} where nothing has been sent
   * @throws UnclonableError, CodecError, UnsendableClosure, StillResolving where the job cannot be sent; then nothing
   *   has been
   */
  submit(job: OutgoingJob): number;
  /** Whether the job that was submitted last has taken something with it, so that it cannot be sent again. */
  readonly hasMoved: boolean;
  /** The functions that the job that was submitted last may call here, by their numbers; given once, and not kept. */
  takePassed(): readonly Function[];
  /** Takes a job back. False where the thread has begun it; else it ends as `withdrawn`, without an effect. */
  withdraw(slot: number): boolean;
  /** Tells a job that has begun that nobody wants it any more. */
  cancel(slot: number): void;
  /** Tells a job that has begun that no more of its items are wanted: only that it comes to its end. */
  leave(slot: number): void;
  /** How far the thread is with a job. Good after the thread's end too. */
  progressOf(slot: number): Progress;
  /** Tells a job whose items are sent one by one that so many have been taken. */
  itemsWereTaken(items: MoreItems): void;
  /** Answers a call for which the thread waits. */
  answer(answer: CallAnswer, transfer: readonly Transferable[]): void;
  /** For how many milliseconds the function of a job has been running; 0 before, and when it is done. */
  runTimeOf(slot: number): number;
  /**
   * Asks the thread to say when nothing that jobs have left behind keeps it, such as a server; `free` follows, perhaps
   * much later. Left out where nothing is kept.
   */
  askWhenFree?(ask: number): void;
  /**
   * When it took the results that it tells of together, by its clock; undefined where it tells of
   * each as it comes.
   */
  readonly heardAt?: number | undefined;
  /** Whether it is no reason to give a job to another thread that this one takes its time. */
  readonly keepsJobs?: boolean;
  /** How many bytes the thread used when it looked last; left out where nothing measures that. */
  readonly memory?: number;
  /** Asks where in the code the thread is, where that can be found out. Gives what takes the question back. */
  whereIs?(tell: TellWhereabouts): () => void;
  /** Ends the thread, whatever it is doing; `ended` follows. */
  end(): void;
  /** In how many milliseconds it follows where the thread can be ended at all; a second where nothing is said. */
  readonly endsWithin?: number;
}

/** What `submit` gives for a job that has to be alone with its thread, and is not. */
export const NOT_NOW = -1;

/** A job is done before its result has been delivered. */
export type Progress = 'sent' | 'begun' | 'done';

/** A job as it goes to a thread. */
export interface OutgoingJob {
  /** A number for the function, good for this thread. */
  readonly functionId: number;
  /** Where to load the function from; left out where the thread has it. */
  readonly reference: JobReference | undefined;
  /** Whether the thread has no other job: one that moves something must not be taken back from behind another. */
  readonly isAlone: boolean;
  /** Tells whether the call is still wanted: reading the arguments may run code that gives it up. */
  readonly call: { readonly id: number; readonly functionName: string; readonly settled: boolean };
  readonly args: readonly unknown[];
  /** The values that a captured function uses. */
  readonly captured: readonly unknown[];
}

/** What a connection tells. `ended` is the last, and comes after every job that the thread has answered. */
export interface ConnectionListener {
  /** The thread waits for work. */
  started(): void;
  /**
   * @param result the value, or what was thrown
   * @param beganAt when it began to run, as the pool counts the time
   * @param cpuMicroseconds the processor time it has taken; negative or left out where that was not measured
   */
  completed(
    slot: number,
    outcome: SlotOutcome,
    result: unknown,
    microseconds: number,
    beganAt: number,
    cpuMicroseconds?: number,
  ): void;
  /** Nothing keeps the thread of which this was asked. */
  free(ask: number): void;
  /** The thread wants something to be called here; before the job ends that does. */
  called(call: ThreadCall): void;
  ended(end: ThreadEnd): void;
}

/** How a thread has ended. */
export interface ThreadEnd {
  readonly exitCode: number;
  /** The uncaught error that ended it. */
  readonly crash?: ThreadCrash | undefined;
  /** What there is to say beside that where it was a process. */
  readonly process?: ProcessEnd;
  /** Whether it never came to run, and none of its jobs can be the reason: the system had none to give, or a signal hit it. */
  readonly neverStarted?: boolean;
}

/** The uncaught error that ended a thread; anything can be thrown, `undefined` too. */
export interface ThreadCrash {
  readonly error: unknown;
}

/** What there is to say of the end of a process. */
export interface ProcessEnd {
  readonly signal: NodeJS.Signals | undefined;
  /** Why the pool has ended it itself, or could not start it: `because …`. */
  readonly reason: string | undefined;
}

/** Makes a thread, and the connection to it. */
export type Connect = (listener: ConnectionListener) => ThreadConnection;
