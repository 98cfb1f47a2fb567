import { checkFlag, checkOptions, type OptionChecks } from './check-options.ts';
import { Deferred, goesOn, observe, settle } from './deferred.ts';
import { Failure } from './failure.ts';
import { FirstError } from './first-error.ts';
import { cancelAll, type Inputs, toDeferreds } from './inputs.ts';

/** When a {@link DeferredList} fires, and what it does with the failures of its inputs. */
export interface DeferredListOptions {
  /** Fire with the first success, as `[value, index]`, and not wait for the others. Default: false. */
  readonly fireOnOneCallback?: boolean | undefined;
  /** Fail with the first failure, as a {@link FirstError}, and not wait for the others. Default: false. */
  readonly fireOnOneErrback?: boolean | undefined;
  /** Whether the list counts as handling the failures of its inputs, so that they are not reported. Default: true. */
  readonly consumeErrors?: boolean | undefined;
}

/** How an input ended that failed. */
export type FailedEntry = [success: false, failure: Failure];

/** How one input ended: `[true, value]` or `[false, failure]`. */
export type DeferredListEntry<T> = [success: true, value: T] | FailedEntry;

type Entries<Ds extends Inputs> = { -readonly [K in keyof Ds]: DeferredListEntry<Awaited<Ds[K]>> };
type AllFailed<Ds extends Inputs> = { -readonly [K in keyof Ds]: FailedEntry };

/** What a {@link DeferredList} fires with. */
export type DeferredListResult<Ds extends Inputs, O extends DeferredListOptions> = O extends {
  readonly fireOnOneCallback: true;
}
  ? [value: Awaited<Ds[number]>, index: number] | AllFailed<Ds>
  : 'fireOnOneCallback' extends keyof O
    ? true extends O['fireOnOneCallback']
      ? [value: Awaited<Ds[number]>, index: number] | Entries<Ds>
      : Entries<Ds>
    : Entries<Ds>;

/**
 * Waits for all of several Deferreds or promises, whether they succeed or
 * fail, and fires with how each one ended, in their order. It never fails
 * unless `fireOnOneErrback` is set.
 *
 * For the values alone, with a failure as soon as one fails, use
 * {@link gatherResults}; for the first success, {@link race}.
 *
 * With `fireOnOneCallback` and no success at all, the list fires with all the
 * failures as entries. Cancelling the list cancels its inputs, and the list
 * fires as they end. The results stay with the inputs, for others to see.
 *
 * @example
 * ```ts
 * import { DeferredList, fail, succeed } from 'heddle/defer';
 *
 * const ended = await new DeferredList([succeed('tea'), fail(new Error('no milk'))]);
 * for (const [success, result] of ended) {
 *   console.log(success ? result : String(result.value));
 * }
 * // prints tea
 * // prints Error: no milk
 * ```
 */
export class DeferredList<
  const Ds extends Inputs,
  const O extends DeferredListOptions = Record<never, never>,
> extends Deferred<DeferredListResult<Ds, O>> {
  readonly #entries: DeferredListEntry<unknown>[] = [];
  readonly #options: DeferredListOptions;
  #missing: number;
  /** What the inputs have of this list, as long as it waits for them: some may go on for ever. */
  readonly #waiting: { ended?: (result: unknown, index: number) => Deferred<unknown> | undefined } = {
    ended: (result, index) => this.#ended(result, index),
  };

  /**
   * @param inputs Deferreds or promises; the array is copied
   * @throws InvalidArgumentError when one of the inputs is something else, or for an option
   */
  constructor(inputs: Ds, options?: O) {
    const deferreds = toDeferreds(inputs, 'a DeferredList');
    super((_, reason) => {
      cancelAll(deferreds, reason.cause);
      return goesOn;
    });
    this.#options = checkOptions<DeferredListOptions>(options ?? {}, checks, 'DeferredList');
    this.#missing = deferreds.length;
    if (deferreds.length === 0) this.callback(this.#entries as DeferredListResult<Ds, O>);
    const counts = this.#options.consumeErrors !== false;
    deferreds.forEach((deferred, index) => observe(deferred, endOf(this.#waiting, index), counts));
  }

  /** Gives the list back when it is settled by this. */
  #ended(result: unknown, index: number): this | undefined {
    if (this.called) return undefined;
    this.#missing--;
    const { fireOnOneCallback = false, fireOnOneErrback = false } = this.#options;
    const failed = result instanceof Failure;
    if (failed ? fireOnOneErrback : fireOnOneCallback) {
      delete this.#waiting.ended;
      return settle(this, failed ? new Failure(new FirstError(result, index)) : [result, index]);
    }
    this.#entries[index] = failed ? [false, result] : [true, result];
    return this.#missing === 0 ? settle(this, this.#entries) : undefined;
  }
}

// Apart from the constructor, whose variables V8 would keep along with it.
function endOf(
  list: { readonly ended?: (result: unknown, index: number) => Deferred<unknown> | undefined },
  index: number,
): (result: unknown) => Deferred<unknown> | undefined {
  return (result) => list.ended?.(result, index);
}

const checks: OptionChecks<DeferredListOptions> = {
  fireOnOneCallback: checkFlag,
  fireOnOneErrback: checkFlag,
  consumeErrors: checkFlag,
};
