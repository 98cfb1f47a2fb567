/** What can be done about a place that blocks the loop. */
export type Verdict =
  | 'deferrable'
  | 'not deferrable'
  | 'not worth deferring'
  | 'chop'
  | 'asynchronous'
  /** Nothing could be measured: `why` says what kept the judge from it. */
  | 'unknown';

/** What a judgement rests on: one real call, which was only watched. Milliseconds. */
export interface Measured {
  /** How long the call took; where only its start was seen, how long the loop was blocked. */
  readonly runMs: number;
  /** What copying its arguments, what it is called on and what it captures takes: both threads together. */
  readonly argumentsMs: number;
  /** What copying its result takes: both threads together; 0 where it was not seen. */
  readonly resultMs: number;
  /** The part of the two that the event loop's own thread would spend. */
  readonly loopMs: number;
  /** Whether the result was seen. */
  readonly isResultSeen: boolean;
}

/** The call that is judged, where that of the place is one of many, each too short to block the loop. */
export interface OuterCall {
  /** As it is written, long arguments left out: `render(page, …)`. */
  readonly call: string;
  /** Where it is: a path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function that it is in; empty for an anonymous one. */
  readonly functionName: string;
  /** Whether no other call of the program's own is around it. */
  readonly isOutermost: boolean;
  /** How long the place's own call took, in milliseconds; `null` where it was not seen. */
  readonly innerMs: number | null;
  /** How long the loop was blocked. */
  readonly blockedMs: number;
}

/** What to write instead of a call that blocked, and what that rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** In one or two sentences. */
  readonly why: string;
  /** The code to write. */
  readonly write?: string;
  readonly measured?: Measured;
  /** Where this is not about the place's own call, but about one around it. */
  readonly around?: OuterCall;
}

/** What is said where nothing could be measured. */
export function unknown(why: string): Judgement {
  return { verdict: 'unknown', why };
}
