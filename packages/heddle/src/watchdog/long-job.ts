import type { Culprit } from './culprit.ts';
import type { StackFrame } from './stack-frame.ts';

/** A job of a thread pool that has run for longer than a watch allows. It may have ended while its place was looked for. */
export interface LongJob {
  /** The pool's name. */
  readonly pool: string;
  /** The call's number, which its events on `node:diagnostics_channel` have too. */
  readonly id: number;
  readonly functionName: string;
  /** For how long it has been running, in milliseconds. */
  readonly duration: number;
  /** Where in the code it is, the innermost call first; empty where nobody can tell, as within a native call. */
  readonly stack: readonly StackFrame[];
  readonly culprit: Culprit | undefined;
}
