import type { Deferred } from '../defer/deferred.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import type { Job } from './job/job.ts';
import { notify } from './passed.ts';
import { whenUnreadable } from './pool-thread/calls-from-thread.ts';
import type { StartIteration } from './thread-items.ts';
import { type Passed, passedBy } from './wire/values/passed.ts';

/** Makes the call of a function whose items are wanted: `args` are its own and what its thread sends them by. */
export type SubmitIteration = (args: readonly unknown[], made: (job: Job) => void) => Deferred<never>;

/**
 * How the call is made that sends the items.
 *
 * @param args the function's own arguments
 * @param buffer how many items the thread may be ahead
 */
export function iterationCall(
  submit: SubmitIteration,
  args: readonly unknown[],
  buffer: number,
): StartIteration<never> {
  return (iteration, { push, unreadable, made }) => {
    // The caller's async context may have the iterator.
    const told = outsideOfCalls(() => notify(push));
    whenUnreadable.set((passedBy(told) as Passed).f, unreadable);
    return submit([...args, iteration, buffer, told], made);
  };
}
