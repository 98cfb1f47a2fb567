import { AsyncLocalStorage } from 'node:async_hooks';
import type { ReactorCalls } from '../threads/entry/reactor-calls.ts';
import { type CallsToReactor, type CurrentJob, inside, provideInside } from '../threads/wire/inside.ts';

interface MemoryJob {
  readonly job: CurrentJob;
  readonly reactor: ReactorCalls;
}

const storage = new AsyncLocalStorage<MemoryJob>();

/** Calls a function as a job that runs in this very thread, so that it can ask `heddle/thread` for the job. */
export function callAsJob(
  job: CurrentJob,
  reactor: ReactorCalls,
  f: Function,
  receiver: unknown,
  args: unknown[],
): unknown {
  if (inside() === undefined) {
    provideInside({
      isThread: false,
      followJobs: () => {},
      currentJob: () => storage.getStore()?.job,
      get reactor(): CallsToReactor | undefined {
        return storage.getStore()?.reactor;
      },
    });
  }
  return storage.run({ job, reactor }, () => Reflect.apply(f, receiver, args));
}
