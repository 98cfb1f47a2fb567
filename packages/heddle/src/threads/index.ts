export { deferToThread, deferToThreadPool } from './defer-to-thread.ts';
export type * from './deferrable.ts';
export { PoolStoppedError, ThreadExitError } from './errors.ts';
export type { CallOptions, StopOptions, ThreadPoolOptions } from './options.ts';
export { type PoolStatistics, type PoolView, ThreadPool } from './thread-pool.ts';
export { UnclonableError } from './wire/unclonable-error.ts';
