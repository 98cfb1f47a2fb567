import type { Payload } from './payload.ts';
import type { FunctionReference } from './reference.ts';

/** What a thread gets when it is made. */
export interface ThreadData {
  readonly port: import('node:worker_threads').MessagePort;
  /** One number, in memory that both sides see: the job that the thread has begun last. */
  readonly begun: Int32Array;
  /** The files of the program's entry module, which no thread may run. */
  readonly entryFiles: readonly string[];
  /** Whether stacks are to show the places that source maps lead to. */
  readonly sourceMaps: boolean;
}

/** From the reactor to a thread: run this. */
export interface JobMessage {
  readonly job: number;
  /** A number for the function, good for this thread. */
  readonly functionId: number;
  /** Where to load the function from, the first time its number is used. */
  readonly reference?: FunctionReference | undefined;
  readonly args: Payload;
  /** The values that a captured function uses, by their slots. */
  readonly captured?: Payload | undefined;
}

/** From a thread to the reactor: how a job ended. */
export interface OutcomeMessage {
  readonly job: number;
  /**
   * - `value`: the function returned
   * - `thrown`: the function threw
   * - `unloadable`: the function could not be loaded in the thread; its number is free again
   * - `unreadable`: the job's message could not be deserialized
   */
  readonly outcome: 'value' | 'thrown' | 'unloadable' | 'unreadable';
  readonly payload: Payload;
}

/** From a thread to the reactor: it has started and waits for work. */
export interface ReadyMessage {
  readonly ready: true;
}

export type ThreadMessage = OutcomeMessage | ReadyMessage;
