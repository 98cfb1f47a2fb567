import type { WayIntoThread } from 'heddle/inspect';
import type { CallText } from './call-text.ts';
import type { Observation } from './messages.ts';

/** What Heddle says about a function. */
export type Way =
  | ({ readonly kind: 'open' } & WayIntoThread)
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** All that a judgement of a watched call rests on. */
export interface Evidence {
  readonly observation: Observation;
  /** How a thread would get the function; undefined where it was not found. */
  readonly way: Way | undefined;
  /** The call as it is written in the source; undefined where that cannot be read. */
  readonly written: CallText | undefined;
  /** Whether V8 has compiled the source as it is written, types aside. */
  readonly isSource: boolean;
  /** How long the loop was blocked when the place was noticed, in milliseconds. */
  readonly blockedMs: number;
}
