import { brand } from '../../../defer/error-brand.ts';

/**
 * The failure of a call whose argument or result cannot be copied from one
 * thread to another. The message gives the path to the value that stands in
 * the way (`args[0].user: User`) and what to send instead.
 */
export class UnclonableError extends TypeError {
  static {
    brand(UnclonableError, 'UnclonableError');
  }

  override readonly name: string = 'UnclonableError';
  readonly code: 'HEDDLE_UNCLONABLE' = 'HEDDLE_UNCLONABLE';
}
