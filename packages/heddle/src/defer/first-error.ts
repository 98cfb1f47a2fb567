import { type Failure, textOf } from './failure.ts';

/**
 * The failure of {@link gatherResults} and of a {@link DeferredList} with
 * `fireOnOneErrback`: which of the inputs failed first, and how. The error
 * itself is `subFailure.value`, and `cause` as well.
 */
export class FirstError extends Error {
  override readonly name: string = 'FirstError';
  readonly code: 'HEDDLE_FIRST_ERROR' = 'HEDDLE_FIRST_ERROR';
  /** The failure of the input. */
  readonly subFailure: Failure;
  /** The place of the input among the inputs, from 0. */
  readonly index: number;

  constructor(subFailure: Failure, index: number) {
    super(`Input ${index} failed: ${textOf(subFailure)}`, { cause: subFailure.value });
    this.subFailure = subFailure;
    this.index = index;
  }
}
