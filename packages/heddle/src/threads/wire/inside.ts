import type { PassedTarget, PlaceOfFunction } from './messages.ts';

/**
 * The name on the global object under which a thread offers what `heddle/thread` asks for: the thread's own code
 * is a bundle of its own, and knows nothing of the copy of the library that a job's module imports.
 */
const INSIDE: unique symbol = Symbol.for('heddle.inside');

/** What code can find out about where it runs. */
export interface Inside {
  /** Whether everything here runs in a thread, also what no job has asked for. */
  readonly isThread: boolean;
  /** From now on somebody asks for jobs: they are to be known after an `await`, too. */
  followJobs(): void;
  /** The job to which the running code belongs. */
  currentJob(): CurrentJob | undefined;
  /** The way to the reactor's thread; none where that is this one. */
  readonly reactor: CallsToReactor | undefined;
}

/** How code in a thread calls functions of the reactor's. */
export interface CallsToReactor {
  /**
   * What calls `f`, if it was passed to a job.
   *
   * @throws ReactorCallError for one whose job has ended
   */
  targetOf(f: Function): PassedTarget | undefined;
  /** Calls without waiting. @throws UnclonableError */
  call(target: PassedTarget | PlaceOfFunction, args: readonly unknown[]): void;
  /**
   * Waits for what the function gives.
   *
   * @throws UnclonableError; CancelledError where the job has been given up; whatever the function throws
   */
  ask(target: PassedTarget | PlaceOfFunction, args: readonly unknown[]): unknown;
}

/** A job, as the code that it runs sees it. */
export interface CurrentJob {
  /** Where the thread has it; undefined when it has ended. */
  readonly slot: number | undefined;
  /** Whether its caller has given it up. Looks into shared memory, so that it is so at once, in a loop too. */
  isCancelled(): boolean;
  /** Whether only its items are not wanted any more: its caller waits for its end. */
  isLeft(): boolean;
  /** Calls `f` once, when the event loop of the thread learns of the cancel. */
  whenCancelled(f: () => void): void;
  /** As many of its items as may wait have been sent: it goes on when some are taken, or nobody wants any more. */
  isHeldUp(): void;
}

export function inside(): Inside | undefined {
  return Reflect.get(globalThis, INSIDE) as Inside | undefined;
}

/** Offers `here` to the code of this thread. */
export function provideInside(here: Inside): void {
  Reflect.set(globalThis, INSIDE, here);
}
