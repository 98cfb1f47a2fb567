// By a name that all copies of the library share: a thread's own code is a bundle of its own.
const BRAND: unique symbol = Symbol.for('heddle.error');

/**
 * Makes `instanceof` true for the errors of every copy of a class: what Heddle throws in a thread was made by the code
 * that threads start with, and the program has its classes from the package. Classes that extend it are told apart as
 * always.
 *
 * @param name the class's own: a bundler may give it another
 */
export function brand(errorClass: abstract new (...args: never[]) => Error, name: string): void {
  Object.defineProperty(errorClass.prototype, BRAND, { value: name });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      try {
        if (this === errorClass && brandOf(value) === name) return true;
        return Function.prototype[Symbol.hasInstance].call(this as Function, value);
      } catch {
        // A Proxy that does not let itself be asked is none of these. It is asked where nobody expects an error.
        return false;
      }
    },
  });
}

function brandOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, BRAND) : undefined;
}
