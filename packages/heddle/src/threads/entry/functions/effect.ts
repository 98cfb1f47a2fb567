import { isFailure } from '../../../defer/failure.ts';
import { isThenable } from '../../../defer/thenable.ts';
import { whenSettled } from '../../../defer/when-settled.ts';
import type { LoadedFunction } from './loaded-function.ts';

/** Calls a function whose value nobody wants: it is not sent, so that it may be what cannot be, such as a server. */
export function callForEffect({ f, receiver }: LoadedFunction, args: unknown[]): unknown {
  const given: unknown = Reflect.apply(f, receiver, args);
  return isThenable(given) ? whenSettled(given, withoutValue) : withoutValue(given);
}

/** To return a Failure means to throw it. */
function withoutValue(given: unknown): unknown {
  return isFailure(given) ? given : undefined;
}
