import { checkFlag, checkOptions, type OptionChecks } from './check-options.ts';
import type { Deferred } from './deferred.ts';
import { DeferredList } from './deferred-list.ts';
import type { Failure } from './failure.ts';
import { cancelAll, type Inputs, toDeferreds, type Values } from './inputs.ts';

/** Options of {@link gatherResults}. */
export interface GatherResultsOptions {
  /** Whether it counts as handling the failures of its inputs, so that they are not reported. Default: true. */
  readonly consumeErrors?: boolean | undefined;
  /** Cancel the inputs that have no result yet as soon as one fails. Default: false. */
  readonly cancelRest?: boolean | undefined;
}

/**
 * Waits until all of several Deferreds or promises have succeeded, and fires
 * with their values in their order; as soon as one fails, it fails with a
 * {@link FirstError}. The others go on unless `cancelRest` is set. Cancelling
 * it cancels all inputs.
 *
 * @throws InvalidArgumentError when one of the inputs is neither a Deferred nor a promise, or for an option
 *
 * @example
 * ```ts
 * import { gatherResults, succeed } from 'heddle/defer';
 *
 * const [name, age] = await gatherResults([succeed('Ada'), succeed(36)]);
 * console.log(name.toUpperCase(), age + 1); // prints ADA 37
 * ```
 */
export function gatherResults<const Ds extends Inputs>(
  inputs: Ds,
  options?: GatherResultsOptions,
): Deferred<Values<Ds>>;
export function gatherResults<T>(
  inputs: Iterable<PromiseLike<T>>,
  options?: GatherResultsOptions,
): Deferred<Awaited<T>[]>;
export function gatherResults(
  inputs: Iterable<PromiseLike<unknown>>,
  options: GatherResultsOptions = {},
): Deferred<unknown> {
  const { consumeErrors = true, cancelRest = false } = checkOptions(options, checks, 'gatherResults()');
  const deferreds = toDeferreds(inputs, 'gatherResults()');
  const list = new DeferredList(deferreds, { fireOnOneErrback: true, consumeErrors });
  return list.addCallbacks(
    (entries) => entries.map(([, value]) => value),
    (failure): Failure => {
      if (cancelRest) cancelAll(deferreds);
      return failure;
    },
  );
}

const checks: OptionChecks<GatherResultsOptions> = { consumeErrors: checkFlag, cancelRest: checkFlag };
