import type { TestContext } from 'node:test';
import { ThreadPool, type ThreadPoolOptions } from 'heddle/threads';

/** A pool for one test, which ends with it, whatever the test leaves in it. */
export function poolFor(t: TestContext, options: ThreadPoolOptions = {}): ThreadPool {
  const pool = new ThreadPool({ max: 2, ...options });
  t.after(() => pool.stop({ deadline: 0 }));
  return pool;
}

/** The same with one thread, or one process, by the class of the pool. */
export function poolOfOne(t: TestContext, Pool: new (options: { readonly max: number }) => ThreadPool): ThreadPool {
  const pool = new Pool({ max: 1 });
  t.after(() => pool.stop({ deadline: 0 }));
  return pool;
}
