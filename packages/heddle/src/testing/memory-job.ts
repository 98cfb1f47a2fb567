import { AsyncLocalStorage } from 'node:async_hooks';
import { type CurrentJob, inside, provideInside } from '../threads/wire/inside.ts';

const storage = new AsyncLocalStorage<CurrentJob>();

/** Calls a function as a job that runs in this very thread, so that it can ask `heddle/thread` for the job. */
export function callAsJob(job: CurrentJob, f: Function, receiver: unknown, args: unknown[]): unknown {
  if (inside() === undefined) {
    provideInside({ isThread: false, followJobs: () => {}, currentJob: () => storage.getStore() });
  }
  return storage.run(job, () => Reflect.apply(f, receiver, args));
}
