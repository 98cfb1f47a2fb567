import { inspect } from 'node:util';
import { InvalidArgumentError } from './errors.ts';

/**
 * @param what what the function was meant for, as the subject of the message
 * @throws InvalidArgumentError when `f` is no function
 */
export function requireFunction(f: unknown, what: string): void {
  if (typeof f === 'function') return;
  throw new InvalidArgumentError(`${what} must be a function, not ${inspect(f, { depth: 0 })}.`);
}
