/** Thrown by `watchLoop` where there is no loop that could be watched. */
export class LoopNotWatchableError extends Error {
  override readonly name: string = 'LoopNotWatchableError';
  readonly code: 'HEDDLE_LOOP_NOT_WATCHABLE' = 'HEDDLE_LOOP_NOT_WATCHABLE';
}
