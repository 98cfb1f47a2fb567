import type { Payload } from './payload.ts';
import type { JobReference } from './reference.ts';

/** What a thread gets when it is made. */
export interface ThreadData {
  /** The memory of the channel. */
  readonly memory: SharedArrayBuffer;
  /** Wakes either side, where it waits in its event loop. */
  readonly bell: import('node:worker_threads').MessagePort;
  /** Carries what does not fit into a slot. Never listened to: each message is taken when its slot is. */
  readonly values: import('node:worker_threads').MessagePort;
  /** The files of the program's entry module, which no thread may run. */
  readonly entryFiles: readonly string[];
  /** Whether stacks are to show the places that source maps lead to. */
  readonly sourceMaps: boolean;
  /** The niceness that the thread gives itself; 0 leaves it as it is. */
  readonly nice: number;
}

/** From the reactor to a thread: what a job brings that does not travel in its slot. */
export interface JobMessage {
  /** Where to load the function from, until the thread is known to have it. */
  readonly reference?: JobReference | undefined;
  readonly args: Payload;
  /** The values that a captured function uses, by their slots. */
  readonly captured?: Payload | undefined;
}

/**
 * What is said on the bell: by a thread that it waits for work, by either side that there is something to take, by
 * the reactor that a running job has been cancelled.
 */
export type BellMessage = 'ready' | 'ring' | 'cancelled';

/** Sends a message to a side that may wait in its event loop. */
export function tell(bell: import('node:worker_threads').MessagePort, message: BellMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  bell.postMessage(message);
}
