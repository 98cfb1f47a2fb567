export { CallableError, type CallableErrorCode, type FunctionLocation } from './wire/callable-error.ts';
export { threadFunction } from './callable/thread-function.ts';
export { deferToThread, deferToThreadPool } from './defer-to-thread.ts';
export type * from './deferrable.ts';
export type { ThreadArgument, ThreadArguments, ThreadCallable } from './thread-arguments.ts';
export { PoolStoppedError, ThreadExitError } from './errors.ts';
export type { CallOptions, PoolLimits, StopOptions, ThreadPoolOptions } from './options.ts';
export { type PoolStatistics, type PoolView, ThreadPool } from './thread-pool.ts';
export { UnclonableError } from './wire/unclonable-error.ts';
