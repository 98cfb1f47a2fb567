import type { Culprit } from './culprit.ts';
import type { StackFrame } from './stack-frame.ts';

/**
 * What kept the loop from turning:
 *
 * - `'code'`: JavaScript that runs on and on
 * - `'regular expression'`: one match
 * - `'native call'`: a function of Node's that waits or computes, or one of JavaScript's own
 * - `'microtasks'`: callbacks of promises or of `process.nextTick` that each bring the next
 * - `'timers'`, `'immediates'`: very many of them in one turn, none of which is long
 * - `'garbage collection'`
 * - `'unknown'`: the loop's thread could not be asked
 */
export type BlockKind =
  | 'code'
  | 'regular expression'
  | 'native call'
  | 'microtasks'
  | 'timers'
  | 'immediates'
  | 'garbage collection'
  | 'unknown';

/** One time that the loop did not turn for longer than a watch allows. */
export interface BlockedLoop {
  /** When the turn of the loop began that took too long, as near as that is known: on the scale of `Date.now()`. */
  readonly began: number;
  /** How long the loop did not turn, in milliseconds. */
  readonly duration: number;
  readonly kind: BlockKind;
  /** What ran in the meantime, the innermost call first; empty where nobody can tell. */
  readonly stack: readonly StackFrame[];
  /** Who is to blame; `undefined` where there is no stack. */
  readonly culprit: Culprit | undefined;
  /** How often this place has blocked the loop so far, this time included. */
  readonly count: number;
  /** What the watch's `context` held in the code that blocked. */
  readonly context: unknown;
}
