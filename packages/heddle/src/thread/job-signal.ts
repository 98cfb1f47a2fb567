import type { CancelledError } from '../defer/errors.ts';
import type { CurrentJob } from '../threads/wire/inside.ts';
import { givenUp } from './cancellation.ts';
import { currentJob } from './in-thread.ts';

const signals = new WeakMap<CurrentJob, AbortSignal>();

/**
 * An AbortSignal that aborts when the call that the running code works for is
 * given up, for functions that take one: `fetch`, timers, streams.
 *
 * `aborted` looks into shared memory, so it is true at once in a loop too; the
 * `abort` event comes when the thread's event loop has its turn. Every call in
 * a job gives the same signal; outside of a job it is one that never aborts.
 *
 * @example
 * ```ts file=pause.ts
 * import { setTimeout } from 'node:timers/promises';
 * import { signal } from 'heddle/thread';
 *
 * export async function pause(milliseconds: number): Promise<void> {
 *   await setTimeout(milliseconds, undefined, { signal: signal() });
 * }
 * ```
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { pause } from './pause.ts';
 *
 * const call = deferToThread.with({ timeout: 20 })(pause, 3_600_000);
 * await call.catch((error) => console.log(error.code)); // prints HEDDLE_TIMEOUT
 * ```
 */
export function signal(): AbortSignal {
  const job = currentJob();
  if (job === undefined) return new AbortController().signal;
  let known = signals.get(job);
  if (known === undefined) {
    known = signalOf(job);
    signals.set(job, known);
  }
  return known;
}

function signalOf(job: CurrentJob): AbortSignal {
  const controller = new AbortController();
  let given: CancelledError | undefined;
  const reason = (): CancelledError | undefined => {
    if (job.isCancelled()) given ??= givenUp();
    return given;
  };
  if (job.isCancelled()) controller.abort(reason());
  else job.whenCancelled(() => controller.abort(reason()));
  // The event has to wait for the event loop, what can be read does not.
  return Object.defineProperties(controller.signal, {
    aborted: { get: () => job.isCancelled(), configurable: true },
    reason: { get: reason, configurable: true },
    throwIfAborted: {
      value: () => {
        if (job.isCancelled()) throw reason() as CancelledError;
      },
      configurable: true,
    },
  });
}
