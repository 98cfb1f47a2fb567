import { reasonOf } from './reason-of.ts';

/** Why a value could not be sent, or be read where it arrived, where it is not known which part of it. */
export function whyNotSent(error: unknown): string {
  const reason = reasonOf(error);
  // V8 goes into a value by recursion, and says no more than this of one that is too deep.
  const isTooDeep = reason === 'Maximum call stack size exceeded' && error instanceof RangeError;
  return isTooDeep ? `${reason}, because it is nested too deeply. Send it flat.` : reason;
}
