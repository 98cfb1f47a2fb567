/** Milliseconds of one call, as measured. */
export interface CallCosts {
  /** How long it ran. */
  readonly runMs: number;
  /** What the loop's thread would spend on sending the arguments and on reading the result. */
  readonly loopMs: number;
}

/** What a call costs the loop's thread beside the copies: queueing, waking a thread, being woken. */
const CALL_MS = 0.1;

/** The part of a call's time that the copies may take before deferring it does not pay. */
const SHARE = 0.5;

/** Below this a call is none to defer: the guide says "some milliseconds". */
export const SHORT_MS = 5;

/**
 * Whether a thread would free the loop of at least half of what a call takes now.
 *
 * The loop cannot serve anybody while it copies, so that what it spends on the copies counts, and not what the other
 * thread spends. A call that takes less than {@link SHORT_MS} is never worth it.
 */
export function isWorthDeferring({ runMs, loopMs }: CallCosts): boolean {
  return runMs >= SHORT_MS && loopMs + CALL_MS <= runMs * SHARE;
}
