import type { Address } from './address.ts';
import type { Payload } from './values/payload.ts';
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
  /** How many threads or processes it is within, itself included. */
  readonly depth: number;
  /** Whether stacks are to show the places that source maps lead to. */
  readonly sourceMaps: boolean;
  /** Where the program keeps what V8 has compiled, if it does. */
  readonly compileCache: string | undefined;
  /** Whether the thread is to tell how much memory it uses. */
  readonly measuresMemory: boolean;
  /** The niceness that the thread gives itself; 0 leaves it as it is. */
  readonly nice: number;
  /** How many jobs may be on their way at a time. */
  readonly concurrency: number;
}

/** From the reactor to a thread: what a job brings that does not travel in its slot. */
export interface JobMessage {
  /** The number of the job, where functions are passed to it. */
  readonly job?: number | undefined;
  /** Where to load the function from, until the thread is known to have it. */
  readonly reference?: JobReference | undefined;
  readonly args: Payload;
  /** The values that a captured function uses, by their slots. */
  readonly captured?: Payload | undefined;
}

/**
 * What is said on the bell: by a thread that it waits for work, by either side that there is something to take, by
 * the reactor that a running job has been cancelled or that items have been taken, by a thread what it wants to be
 * called there. A number is an ask: the thread says it back when nothing of its own keeps it any more.
 */
export type BellMessage = 'ready' | 'ring' | 'cancelled' | number | MoreItems | ThreadCall;

/** From the reactor to a thread: so many items of an iteration have been taken, and as many more are wanted. */
export interface MoreItems {
  readonly iteration: number;
  readonly count: number;
}

/** From a thread to the reactor: a function that is to be called there. */
export interface ThreadCall {
  readonly target: CallTarget;
  readonly args: Payload;
  /** The number of the call, where the thread waits for the answer. */
  readonly id?: number;
  /** The slot of the job on whose behalf it waits, where there is one. */
  readonly slot?: number | undefined;
  /** Where the answers go; sent once, before the first. */
  readonly answers?: import('node:worker_threads').MessagePort;
}

/** Which function a thread wants to be called in the reactor's thread. */
export type CallTarget =
  | PassedTarget
  | LocalTarget
  /** One of those that the thread has called before. */
  | { readonly kind: 'known'; readonly id: number; readonly name: string };

/** A function that was passed to a job, by its number there. */
export interface PassedTarget {
  readonly kind: 'passed';
  readonly job: number;
  readonly slot: number;
  readonly index: number;
  readonly name: string;
}

/** A function that the reactor's thread has in a module of its own. */
export type LocalTarget = PlaceOfFunction & {
  /** By which the thread names it from now on. */
  readonly id: number;
};

/** Where a function is that both sides have: at an address, or in a module where it is written like this. */
export type PlaceOfFunction =
  | { readonly kind: 'address'; readonly address: Address; readonly name: string }
  | { readonly kind: 'written'; readonly url: string; readonly text: string; readonly name: string };

/** From the reactor to a thread that waits: what the call with this number has come to. */
export interface CallAnswer {
  readonly id: number;
  readonly outcome: 'value' | 'thrown';
  readonly payload: Payload;
}

/** Sends a message to a side that may wait in its event loop. */
export function tell(bell: import('node:worker_threads').MessagePort, message: BellMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  bell.postMessage(message);
}
