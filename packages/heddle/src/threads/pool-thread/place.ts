import type { PoolThread } from './pool-thread.ts';

/** Where a thread stands in a rotation, or would: there is one for each, so that to move takes no memory. */
export class Place {
  readonly thread: PoolThread;
  isTaken = false;
  previous: Place | undefined = undefined;
  next: Place | undefined = undefined;

  constructor(thread: PoolThread) {
    this.thread = thread;
  }
}
