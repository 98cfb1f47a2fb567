import { setImmediate } from '../defer/node-timers.ts';
import { nodeKeepAlive } from '../reactor/keep-alive.ts';
import { Reactor } from '../reactor/reactor.ts';
import { NodeTime } from '../reactor/time.ts';
import { provideTaskClock } from '../task/task-clock.ts';
import { callForEffect, ThreadPool } from './thread-pool.ts';

/**
 * A reactor of its own, with a thread pool of its own: for tests, and for
 * programs that keep two worlds apart.
 *
 * @example
 * ```ts
 * import { createReactor } from 'heddle/reactor';
 *
 * const reactor = createReactor();
 * const pool = reactor.getThreadPool();
 * console.log(pool.max >= 2); // prints true
 * ```
 */
export function createReactor(): Reactor<ThreadPool> {
  return new Reactor({
    makeThreadPool: () => new ThreadPool(),
    callForEffect,
    makeTime: (report) => new NodeTime(report),
    nextTurn: setImmediate,
    keepAlive: nodeKeepAlive,
  });
}

/** The reactor of this program, or of this thread: the one that `deferToThread` uses. */
export const reactor: Reactor<ThreadPool> = createReactor();

provideTaskClock(reactor);
