/** Thrown when a lock or a semaphore's token is released that nobody has acquired, or that was released before. */
export class NotAcquiredError extends Error {
  override readonly name: string = 'NotAcquiredError';
  readonly code: 'HEDDLE_NOT_ACQUIRED' = 'HEDDLE_NOT_ACQUIRED';
}
