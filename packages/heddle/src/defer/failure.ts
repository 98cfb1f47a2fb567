/** A class of errors, as `check`, `is` and `trap` take it. Abstract classes count too. */
export type ErrorClass<E = unknown> = abstract new (...args: never[]) => E;

/**
 * An error as a value: what the errbacks of a Deferred receive.
 *
 * A Failure travels along a chain of callbacks like any other result; the
 * error it holds is in `value` (anything can be thrown, so it need not be an
 * Error). Returning or throwing a Failure from a callback means the same:
 * the chain goes on with the next errback.
 *
 * After Twisted's `twisted.python.failure.Failure`.
 *
 * @example
 * ```ts
 * import { fail } from 'heddle/defer';
 *
 * fail(new RangeError('too far')).addErrback((failure) => {
 *   failure.trap(RangeError); // anything else goes on to the next errback
 *   return 0;
 * });
 * ```
 */
export class Failure<E = unknown> {
  /** What was thrown. */
  readonly value: E;

  constructor(value: E) {
    this.value = value;
  }

  /**
   * The first of the given classes that the error is an instance of, or
   * `undefined`. To narrow the type of `value` as well, use {@link is}.
   */
  check<C extends readonly ErrorClass[]>(...classes: C): C[number] | undefined {
    return classes.find((errorClass) => this.value instanceof errorClass);
  }

  /** Whether the error is an instance of `errorClass`, as a type guard. */
  is<V>(errorClass: ErrorClass<V>): this is Failure<V> {
    return this.value instanceof errorClass;
  }

  /**
   * For use at the top of an errback that is meant for certain errors only:
   * returns the matching class, or throws this Failure, so that any other
   * error passes on to the next errback unchanged.
   *
   * @throws this Failure when the error is of none of the classes
   */
  trap<C extends readonly ErrorClass[]>(...classes: C): C[number] {
    const found = this.check(...classes);
    if (found === undefined) throw this;
    return found;
  }
}
