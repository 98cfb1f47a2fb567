import { type InspectOptions, inspect } from 'node:util';
import { brand } from '../../defer/error-brand.ts';

/** What stands after a function's own arguments where its items are wanted. */
export type IterationArguments = [
  /** By which its messages name the iteration. */
  iteration: number,
  /** How many items may be sent before any has been taken. */
  buffer: number,
  /** @param isEnd whether it is no item: the generator is being ended */
  push: (item: unknown, isEnd?: true) => void,
];

/** A value by its kind: what is in it, such as the environment, is not for logs. */
const NAMED: InspectOptions = { depth: -1, maxStringLength: 60 };

/** The failure of an iteration whose function gives nothing that could be gone through. */
export class NotIterableError extends TypeError {
  static {
    brand(NotIterableError, 'NotIterableError');
  }

  override readonly name: string = 'NotIterableError';
  readonly code: 'HEDDLE_NOT_ITERABLE' = 'HEDDLE_NOT_ITERABLE';

  constructor(functionName: string, given: unknown) {
    super(
      `${functionName || 'The function'} gave ${inspect(given, NAMED)}, which has no items: iterateInThread takes a generator function, or one that returns an iterable. Call any other with deferToThread.`,
    );
  }
}
