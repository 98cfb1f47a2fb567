import type { Deferred, Settled } from '../defer/deferred.ts';
import type { Work } from './work.ts';

/**
 * What {@link cooperate} returns: one task of a cooperator, to hold up, to
 * end, or to wait for.
 *
 * After Twisted's `twisted.internet.task.CooperativeTask`.
 *
 * @example
 * ```ts
 * import { cooperate } from 'heddle/task';
 *
 * function* count(to: number) {
 *   let sum = 0;
 *   for (let n = 1; n <= to; n++) {
 *     sum += n;
 *     yield; // the end of a piece: others may have their turn
 *   }
 *   return sum;
 * }
 *
 * console.log(await cooperate(count(1_000)).whenDone()); // prints 500500
 * ```
 */
export class CooperativeTask<R = unknown> {
  readonly #work: Work;

  /** Made by {@link Cooperator.cooperate}. */
  constructor(work: Work) {
    this.#work = work;
  }

  /**
   * Fires with what the generator returns, or fails with what it throws, with
   * the failure of a Deferred that it yielded, or because the task was
   * stopped. Each call gives a Deferred of its own; cancelling it gives up
   * that wait, not the task.
   *
   * The failure of a task that nobody has asked about is reported as one that
   * nobody handled.
   */
  whenDone(): Deferred<Settled<R>> {
    return this.#work.whenDone() as Deferred<Settled<R>>;
  }

  /**
   * Gives the task no turns until {@link resume} has been called as often as this.
   *
   * @throws TaskDone, TaskFailed, TaskStopped or SchedulerStopped when it has ended
   */
  pause(): void {
    this.#work.pause();
  }

  /**
   * Takes one {@link pause} back. A task that waits for a Deferred goes on when that has fired, too.
   *
   * @throws NotPausedError when there is none to take back
   */
  resume(): void {
    this.#work.resume();
  }

  /**
   * Ends the task: no further piece runs, the `finally` of its generator does,
   * and {@link whenDone} fails with TaskStopped.
   *
   * @throws TaskDone, TaskFailed, TaskStopped or SchedulerStopped when it has ended
   */
  stop(): void {
    this.#work.stop();
  }
}
