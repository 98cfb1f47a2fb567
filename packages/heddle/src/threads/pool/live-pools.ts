import type { ThreadPool } from '../thread-pool.ts';

/**
 * One list per thread, however many copies of the library there are in it: who watches a program may have another than the
 * one that made a pool. Weak, because a pool need not be stopped: one that nobody uses goes when its threads have been idle.
 */
const pools: Set<WeakRef<ThreadPool>> = ((
  globalThis as unknown as Record<symbol, Set<WeakRef<ThreadPool>> | undefined>
)[Symbol.for('heddle.pools.1')] ??= new Set());
const references = new WeakMap<ThreadPool, WeakRef<ThreadPool>>();
const gone = new FinalizationRegistry<WeakRef<ThreadPool>>((pool) => pools.delete(pool));

/**
 * The thread pools of this program that have not been stopped, the oldest first: those of reactors, and those the
 * program has made, also with another copy of the library. For whoever watches a program without knowing it, such as a
 * metrics route or the dashboard of `@heddle/doctor`. In a thread it gives the pools that the thread's own code has made.
 *
 * A pool that is stopping is still there, until its last thread has ended. The threads of bound objects belong to the
 * pool that made them.
 *
 * @example
 * ```ts
 * import { ThreadPool, threadPools } from 'heddle/threads';
 *
 * const pool = new ThreadPool({ name: 'parsers', max: 2 });
 * console.log(threadPools().map(({ name }) => name)); // prints [ 'parsers' ]
 * await pool.stop();
 * console.log(threadPools().length); // prints 0
 * ```
 */
export function threadPools(): ThreadPool[] {
  return [...pools].flatMap((pool) => pool.deref() ?? []);
}

export function poolWasMade(pool: ThreadPool): void {
  const reference = new WeakRef(pool);
  pools.add(reference);
  references.set(pool, reference);
  gone.register(pool, reference, reference);
}

/** The pool has ended, or is part of another. */
export function forgetPool(pool: ThreadPool): void {
  const reference = references.get(pool);
  if (reference === undefined) return;
  pools.delete(reference);
  gone.unregister(reference);
}
