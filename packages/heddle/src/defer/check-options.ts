import { inspect } from 'node:util';
import { InvalidArgumentError } from './errors.ts';

/** For each option: what it should have been, where the value will not do. */
export type OptionChecks<O> = { readonly [K in keyof O]-?: (value: unknown) => string | undefined };

/** Inherits nothing, not even what something has put into the prototype of all objects. */
class Checked {
  static {
    // V8 reads the properties of these as fast as any. Of what Object.create(null) makes, each is looked up in a table.
    Object.setPrototypeOf(Checked.prototype, null);
  }
}

/**
 * Checks an object of options against `checks`; `undefined` counts as not given.
 *
 * Reads own properties only, so that nobody sets an option by way of a prototype.
 *
 * @param of whose options they are, for the message
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function checkOptions<O extends object>(options: O, checks: OptionChecks<O>, of: string): Partial<O> {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(`The options of a ${of} must be an object, not ${inspect(options)}.`);
  }
  const checked: Partial<O> = new Checked();
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(checks, key)) {
      const known = Object.keys(checks).join(', ');
      throw new InvalidArgumentError(`A ${of} has no option ${inspect(key)}; its options are ${known}.`);
    }
    const value = options[key as keyof O];
    if (value === undefined) continue;
    const expected = checks[key as keyof O](value);
    if (expected !== undefined) {
      throw new InvalidArgumentError(`The option ${key} of a ${of} must be ${expected}, not ${inspect(value)}.`);
    }
    checked[key as keyof O] = value;
  }
  return checked;
}

/** The check of an option that is a time: {@link OptionChecks}. */
export function checkDuration(value: unknown): string | undefined {
  return typeof value === 'number' && value >= 0 ? undefined : 'a number of milliseconds, 0 or more, or Infinity';
}

/** The check of an option that is on or off. */
export function checkFlag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}
