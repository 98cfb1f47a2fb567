import { brand } from './error-brand.ts';

/** The three limits a piece of work can run out of; see {@link TimeoutError}. */
export type TimeLimit = 'total' | 'queue' | 'run';

/**
 * Thrown when a Deferred is fired a second time.
 *
 * A Deferred has one result. Firing it again is a mistake in the code that
 * fires it, so the error is thrown there and not passed along the chain.
 */
export class AlreadyCalledError extends Error {
  static {
    brand(AlreadyCalledError, 'AlreadyCalledError');
  }

  override readonly name: string = 'AlreadyCalledError';
  readonly code: 'HEDDLE_ALREADY_CALLED' = 'HEDDLE_ALREADY_CALLED';

  /** @param history where the Deferred was made and fired first, as debug mode knows it */
  constructor(history: string = '') {
    super(`This Deferred has already been fired; a Deferred has one result.${history}`);
  }
}

/** Thrown by `unpause()` when there is no `pause()` left to take back. */
export class NotPausedError extends Error {
  static {
    brand(NotPausedError, 'NotPausedError');
  }

  override readonly name: string = 'NotPausedError';
  readonly code: 'HEDDLE_NOT_PAUSED' = 'HEDDLE_NOT_PAUSED';

  constructor(message: string = 'This Deferred is not paused: unpause() was called more often than pause().') {
    super(message);
  }
}

/** Thrown when an argument or an option cannot be what the function needs. The message says what it is and what it should be. */
export class InvalidArgumentError extends TypeError {
  static {
    brand(InvalidArgumentError, 'InvalidArgumentError');
  }

  override readonly name: string = 'InvalidArgumentError';
  readonly code: 'HEDDLE_INVALID_ARGUMENT' = 'HEDDLE_INVALID_ARGUMENT';
}

/**
 * The failure of work that was cancelled, by {@link Deferred.cancel} or by an
 * AbortSignal. `code` is the one Node gives to aborted operations; where a
 * signal was the reason, `cause` is `signal.reason`.
 */
export class CancelledError extends Error {
  static {
    brand(CancelledError, 'CancelledError');
  }

  override readonly name: string = 'CancelledError';
  readonly code: 'ABORT_ERR' = 'ABORT_ERR';

  constructor(message: string = 'The Deferred was cancelled.', options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * The failure of work that ran out of time. `limit` tells which time ran out:
 * the time in the queue, the time of running, or both together.
 */
export class TimeoutError extends Error {
  static {
    brand(TimeoutError, 'TimeoutError');
  }

  override readonly name: string = 'TimeoutError';
  readonly code: 'HEDDLE_TIMEOUT' = 'HEDDLE_TIMEOUT';
  readonly limit: TimeLimit;
  /** The limit that was set, in milliseconds. */
  readonly timeout: number;

  constructor(timeout: number, limit: TimeLimit = 'total', message?: string) {
    super(message ?? `No result within ${timeout} ms.`);
    this.timeout = timeout;
    this.limit = limit;
  }
}
