import { type Failure, textOf } from './failure.ts';

/**
 * The failure of {@link race} when there is no winner: the failures of all
 * inputs in their order. `errors` has the errors themselves.
 */
export class FailureGroup extends AggregateError {
  override readonly name: string = 'FailureGroup';
  readonly code: 'HEDDLE_FAILURE_GROUP' = 'HEDDLE_FAILURE_GROUP';
  /** The failure of each input, in the order of the inputs. */
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(
      failures.map((failure) => failure.value),
      failures.length === 0
        ? 'There was nothing to wait for: race() needs at least one Deferred or promise.'
        : `All ${failures.length} inputs failed; the first of them: ${textOf(failures[0] as Failure)}`,
    );
    this.failures = failures;
  }
}
