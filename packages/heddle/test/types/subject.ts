/** What the type tests are about, so that one place says where it comes from. */
import type { DeferCall, DeferToThread, DeferToThreadPool } from '../../src/threads/deferrable.ts';
import type { ThreadCallable } from '../../src/threads/thread-arguments.ts';

export type { Deferred } from '../../src/defer/deferred.ts';
export type { ThreadArguments, ThreadCallable } from '../../src/threads/thread-arguments.ts';

export interface ThreadPool {
  readonly name: string;
  readonly defer: DeferCall;
}

export declare const deferToThread: DeferToThread<{ readonly timeout?: number; readonly signal?: AbortSignal }>;
export declare const deferToThreadPool: DeferToThreadPool<ThreadPool>;
export declare const pool: ThreadPool;

export declare function notify<A extends unknown[]>(f: (...args: A) => void): ThreadCallable<(...args: A) => void>;
export declare function ask<A extends unknown[], R>(f: (...args: A) => R): ThreadCallable<(...args: A) => Awaited<R>>;
export declare function inThread<F extends (...args: never) => unknown>(f: F): ThreadCallable<F>;
