import { type Deferred, observe } from '../defer/deferred.ts';
import { dispatchRecord } from '../defer/dispatch.ts';
import { CancelledError } from '../defer/errors.ts';
import { Failure } from '../defer/failure.ts';
import { maybeDeferred } from '../defer/maybe-deferred.ts';

/** Where errors go that nobody else can get. `origin` says whose they are. */
export type ReportError = (error: unknown, origin: string) => void;

/**
 * Calls `f` on behalf of the loop, which goes on whatever `f` does: what it
 * throws, and the failure of a Deferred or a promise that it returns, are
 * reported. What was cancelled was the program's own wish.
 *
 * @returns fires when what `f` has begun is done
 */
export function callForEvent(f: () => unknown, origin: string, report: ReportError): Deferred<unknown> {
  const record = dispatchRecord;
  const begun = record === undefined ? 0 : record.begins();
  const done = maybeDeferred(f);
  if (record !== undefined) record.ended(origin, begun);
  observe(
    done,
    (result) => {
      if (result instanceof Failure && !(result.value instanceof CancelledError)) report(result.value, origin);
    },
    true,
  );
  return done;
}

/** How a function is named in messages. */
export function nameOf(f: Function): string {
  const name: unknown = f.name;
  return typeof name === 'string' && name !== '' ? name : 'an anonymous function';
}
