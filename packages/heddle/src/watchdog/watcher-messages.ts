import type { MessagePort } from 'node:worker_threads';
import type { BlockKind } from './blocked-loop.ts';
import type { Culprit } from './culprit.ts';
import type { SharedState } from './shared-state.ts';
import type { StackFrame } from './stack-frame.ts';

/** What the watching thread is started with. */
export interface WatcherData {
  readonly state: SharedState;
  /** Messages of the one thread for the other. */
  readonly port: MessagePort;
  /** Counts the looks at loops that are blocked, of all watches. */
  readonly looks: Int32Array<SharedArrayBuffer>;
  readonly threshold: number;
  /** What to call in the loop's thread; undefined where it cannot be asked. */
  readonly grabName: string | undefined;
  readonly processId: number;
  /** What the operating system knew of the loop's thread when the watch was made. */
  readonly loopFigures: string;
  /** Whether the loop's thread wants to hear of blocks, and no warning is to be written when they are over. */
  readonly hasListener: boolean;
}

/** A block that is over. */
export interface BlockReport {
  readonly began: number;
  readonly duration: number;
  readonly kind: BlockKind;
  readonly stack: readonly StackFrame[];
  readonly culprit: Culprit | undefined;
  readonly count: number;
  /** Of the samples of the block, the one that the stack is from. */
  readonly sample: number;
  /** The last of the block's samples. */
  readonly lastSample: number;
}

/** What the watching thread tells the loop's. */
export type WatcherMessage =
  | { readonly kind: 'block'; readonly report: BlockReport }
  /** The samples up to this one are not needed any more. */
  | { readonly kind: 'forget'; readonly lastSample: number }
  /** Stacks cannot be had, for this reason. */
  | { readonly kind: 'blind'; readonly reason: string };

/** A function that Heddle's own dispatch called, and that ran while the loop was blocked. */
export interface DispatchedCall {
  readonly frame: StackFrame;
}
