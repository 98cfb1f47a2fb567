import { brand } from '../../../defer/error-brand.ts';

/** Why a function of the reactor's thread cannot be called from where the code runs. Stable: programs may compare these. */
export type ReactorCallErrorCode =
  /** The reactor's thread would wait for itself. */
  | 'HEDDLE_BLOCKS_REACTOR'
  /** The function was passed to a call that has ended. */
  | 'HEDDLE_JOB_ENDED';

/**
 * What code gets that cannot call a function of the reactor's thread from where it runs, or cannot wait for it. The
 * message names the function and the way out.
 *
 * @example
 * ```ts
 * import { blockingCallFromThread, ReactorCallError } from 'heddle/thread';
 *
 * try {
 *   blockingCallFromThread(() => 1);
 * } catch (error) {
 *   if (error instanceof ReactorCallError) console.log(error.code); // prints HEDDLE_BLOCKS_REACTOR
 * }
 * ```
 */
export class ReactorCallError extends Error {
  static {
    brand(ReactorCallError, 'ReactorCallError');
  }

  override readonly name: string = 'ReactorCallError';
  readonly code: ReactorCallErrorCode;

  constructor(code: ReactorCallErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
