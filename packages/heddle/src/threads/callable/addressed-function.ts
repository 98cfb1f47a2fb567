import type { FactoryReference } from '../wire/reference.ts';
import { passedBy } from '../wire/values/passed.ts';
import { reasonOf } from '../wire/values/reason-of.ts';
import { CallableError } from '../wire/errors/callable-error.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { functionsUnderSymbols } from './capture/symbol-members.ts';
import { functionName } from '../wire/function-name.ts';

/** The values of closures of which a part is an object with functions under symbols. */
export const withFunctions: WeakSet<readonly unknown[]> = new WeakSet();

/** What the build plug-in says of a function: which module makes it in a thread, and how its closure is read. */
export class AddressedFunction {
  readonly reference: FactoryReference;
  readonly #captured: () => unknown[];

  constructor(reference: FactoryReference, captured: () => unknown[]) {
    this.reference = reference;
    this.#captured = captured;
  }

  /**
   * What a call sends that is made now: the variables may hold something else than when the function got its address.
   *
   * @returns undefined where a function is among the values that is not passed by `notify`, `ask` or `inThread`, or an object
   *   that has one under a symbol, which no copy has: that has to be found itself, by run-time capture
   * @throws CallableError where a captured variable is in its dead zone
   */
  callOf(f: Function): CapturedCall | undefined {
    const values = this.#read(f);
    return withFunctions.has(values) || values.some(bringsFunctions)
      ? undefined
      : new CapturedCall(this.reference, values);
  }

  #read(f: Function): unknown[] {
    try {
      return this.#captured();
    } catch (cause) {
      const ownName = functionName(f);
      throw new CallableError({
        code: 'HEDDLE_DEAD_ZONE',
        functionName: ownName,
        message:
          `${ownName || 'An anonymous function'} captures a variable that has not been initialised yet ` +
          `(${reasonOf(cause)}). Make the call after its declaration.`,
        cause,
      });
    }
  }
}

function bringsFunctions(value: unknown): boolean {
  if (typeof value === 'function') return passedBy(value) === undefined;
  return typeof value === 'object' && value !== null && functionsUnderSymbols(value).length > 0;
}
