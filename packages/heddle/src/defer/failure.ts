import { inspect, types } from 'node:util';
import { ofAllCopies } from './all-copies.ts';
import { InvalidArgumentError } from './errors.ts';

/** Behind a Failure of whichever copy of the library. Every callback asks its answer for it. */
const AnyFailure = ofAllCopies('heddle.failures');

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
  static {
    Object.setPrototypeOf(Failure.prototype, AnyFailure.prototype);
    Object.defineProperty(Failure, Symbol.hasInstance, {
      value(this: unknown, value: unknown): boolean {
        return this === Failure
          ? value instanceof AnyFailure
          : Function.prototype[Symbol.hasInstance].call(this as Function, value);
      },
    });
  }

  /** What was thrown. */
  readonly value: E;

  constructor(value: E) {
    this.value = value;
  }

  /**
   * The first of the given classes that the error is an instance of, or
   * `undefined`. To narrow the type of `value` as well, use {@link is}.
   *
   * @throws InvalidArgumentError when one of them is no class: names of classes are none
   */
  check<C extends readonly ErrorClass[]>(...classes: C): C[number] | undefined {
    requireClasses(classes);
    return classes.find((errorClass) => this.value instanceof errorClass);
  }

  /** Whether the error is an instance of `errorClass`, as a type guard. */
  is<V>(errorClass: ErrorClass<V>): this is Failure<V> {
    requireClasses([errorClass]);
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

  /** The class of the error; `undefined` where something other than an object was thrown. */
  get type(): ErrorClass<E> | undefined {
    const { value } = this;
    if (typeof value !== 'object' || value === null) return undefined;
    const { constructor } = value;
    return typeof constructor === 'function' ? (constructor as unknown as ErrorClass<E>) : undefined;
  }

  /** One line for people: the error's message, or whatever was thrown as text. */
  getErrorMessage(): string {
    const { value } = this;
    return read(() =>
      value instanceof Error ? String(value.message) : typeof value === 'string' ? value : inspect(value),
    );
  }

  /** The error as it would be printed: stack, own properties, causes, the errors of an AggregateError. */
  getTraceback(): string {
    const { value } = this;
    return read(
      () => inspect(value),
      () => inspect(value, { customInspect: false }),
      () => stackOf(value),
    );
  }

  /** The stack alone, without properties and causes. Where no Error was thrown there is no stack, only the value. */
  getBriefTraceback(): string {
    const { value } = this;
    return read(
      () => stackOf(value),
      () => inspect(value),
    );
  }

  /**
   * Writes {@link getTraceback} and a line end.
   *
   * @param output where to; stderr by default
   */
  printTraceback(output: { write(text: string): unknown } = process.stderr): void {
    requireMethod(output, 'write', 'What a traceback is printed to', 'a stream');
    output.write(`${this.getTraceback()}\n`);
  }

  /**
   * Leaves the world of values: for code that wants a `try`/`catch`.
   *
   * @throws the error itself
   */
  raiseException(): never {
    throw this.value;
  }

  /**
   * Throws the error inside a generator, at the `yield` where it stands.
   *
   * @returns what the generator yields or returns next
   * @throws what the generator does not catch
   */
  throwExceptionIntoGenerator<Y, R>(generator: Generator<Y, R, never>): IteratorResult<Y, R> {
    requireMethod(generator, 'throw', 'What an error is thrown into', 'a generator');
    return generator.throw(this.value);
  }

  toString(): string {
    return `[Failure: ${read(() => (this.value instanceof Error ? this.value : this.getErrorMessage()))}]`;
  }
}

/** The same as `instanceof`, for what may be anybody's: no trap of a Proxy runs. */
export function isFailure(value: unknown): value is Failure {
  return !types.isProxy(value) && value instanceof AnyFailure;
}

/** What was thrown: to throw a Failure means to throw the error in it, as it does in a chain. */
export function errorIn(thrown: unknown): unknown {
  return isFailure(thrown) ? thrown.value : thrown;
}

/** The error in words, for a message: there is always some, whatever it was that was thrown. */
export function textOf({ value }: Failure): string {
  if (typeof value === 'string') return value;
  return read(() =>
    value instanceof Error ? value : inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }),
  );
}

/** @throws InvalidArgumentError for what can be on the right of no `instanceof` */
export function requireClasses(classes: readonly unknown[]): void {
  for (const errorClass of classes) {
    if (typeof errorClass === 'function' || hasOwnTest(errorClass)) continue;
    throw new InvalidArgumentError(`An error is compared with classes, and ${show(errorClass)} is none.`);
  }
}

/** The language lets any object say what is an instance of it. */
function hasOwnTest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, Symbol.hasInstance) === 'function';
}

function requireMethod(value: unknown, method: string, what: string, wanted: string): void {
  if (typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function') return;
  throw new InvalidArgumentError(`${what} must be ${wanted}, with a method ${method}, not ${show(value)}.`);
}

function show(value: unknown): string {
  return inspect(value, { depth: 0 });
}

function stackOf(value: unknown): string | undefined {
  return value instanceof Error ? value.stack : undefined;
}

/** What was thrown may be anything, and its own code may stand in the way of a look: then another gives the text. */
function read(...looks: readonly (() => unknown)[]): string {
  for (const look of looks) {
    try {
      const seen = look();
      if (seen !== undefined) return String(seen);
    } catch {
      // The next one may see something.
    }
  }
  return 'an error that cannot be shown';
}
