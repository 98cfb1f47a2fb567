import { Deferred } from '../../defer/deferred.ts';
import { setImmediate } from '../../defer/node-timers.ts';

/** A call that is refused before it becomes a job. Its failure comes in a later turn, as every outcome does. */
export function refusedCall(error: unknown): Deferred<never> {
  const deferred = new Deferred<never>();
  setImmediate(() => {
    // Somebody may have fired it by hand, as any call.
    if (!deferred.called) deferred.errback(error);
  });
  return deferred;
}
