/** What the type tests are about: the built package, and functions of which only the types matter. */
import type { ThreadCallable, ThreadPool } from 'heddle';

export {
  type Deferred,
  deferToThread,
  deferToThreadPool,
  threadFunction,
  type ThreadArguments,
  type ThreadCallable,
} from 'heddle';

export declare const pool: ThreadPool;

/** Functions that return a {@link ThreadCallable}, with the signatures such functions need for types to flow. */
export declare function notify<A extends unknown[]>(f: (...args: A) => void): ThreadCallable<(...args: A) => void>;
export declare function ask<A extends unknown[], R>(f: (...args: A) => R): ThreadCallable<(...args: A) => Awaited<R>>;
export declare function inThread<F extends (...args: never) => unknown>(f: F): ThreadCallable<F>;
