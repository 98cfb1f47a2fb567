import type { ThreadPool } from 'heddle/threads';

/** What a pool's statistics say of this moment. */
export function sizes(pool: ThreadPool): { threads: number; idle: number; busy: number; backlog: number } {
  const { threads, idle, busy, backlog } = pool.statistics();
  return { threads, idle, busy, backlog };
}
