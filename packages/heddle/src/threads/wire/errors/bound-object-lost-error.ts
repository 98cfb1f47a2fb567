import { brand } from '../../../defer/error-brand.ts';

/**
 * The failure of a call to a bound object that is no more: its thread has ended, by an error, by `process.exit()`, or because a
 * call that ran there was given up with `onCancel: 'terminate'`. Make another with `bindToThread`.
 */
export class BoundObjectLostError extends Error {
  static {
    brand(BoundObjectLostError, 'BoundObjectLostError');
  }

  override readonly name: string = 'BoundObjectLostError';
  readonly code: 'HEDDLE_BOUND_OBJECT_LOST' = 'HEDDLE_BOUND_OBJECT_LOST';

  constructor(functionName: string, options?: ErrorOptions) {
    super(
      `${functionName || 'The function'} was not called: the object that it was to get is gone with its thread. Make another with bindToThread.`,
      options,
    );
  }
}
