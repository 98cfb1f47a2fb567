export { CallableError, type CallableErrorCode, type FunctionLocation } from './wire/errors/callable-error.ts';
export { threadFunction } from './callable/thread-function.ts';
export { type Codec, type CodecOptions, type CyclicCodec, registerCodec } from './register-codec.ts';
export { CodecError, type CodecErrorCode } from './wire/errors/codec-error.ts';
export {
  bindToThread,
  callMultipleInThread,
  deferToThread,
  deferToThreadPool,
  iterateInThread,
} from './defer-to-thread.ts';
export type * from './deferrable.ts';
export { ask, inThread, notify } from './passed.ts';
export { ReactorCallError, type ReactorCallErrorCode } from './wire/errors/reactor-call-error.ts';
export { type BoundCalls, BoundObject } from './bound-object.ts';
export { BoundObjectLostError } from './wire/errors/bound-object-lost-error.ts';
export { StorageNotExportedError } from './wire/errors/storage-not-exported-error.ts';
export { NotIterableError } from './wire/iteration.ts';
export { ThreadIterator } from './thread-iterator.ts';
export { type Movable, transfer } from './transfer.ts';
export type { ThreadArgument, ThreadArguments, ThreadCallable } from './thread-arguments.ts';
export {
  PoolFullError,
  PoolStoppedError,
  ThreadEntryMissingError,
  ThreadExitError,
  ThreadInitError,
  TooManyCrashesError,
} from './errors.ts';
export type { CallOptions, CallsOptions, OnCancel, PoolLimits, StopOptions, ThreadPoolOptions } from './options.ts';
export type { JobEvent, JobOutcome, JobSettledEvent } from './observing/diagnostics.ts';
export type { HistogramBucket, HistogramSnapshot } from './observing/histogram.ts';
export { type MeasuredPool, prometheusText } from './observing/prometheus.ts';
export { threadPools } from './pool/live-pools.ts';
export type { CallState, PoolCall } from './pool/pool-call.ts';
export type { PoolStatistics, ThreadStatistics } from './observing/statistics.ts';
export { ProcessPool } from './process-pool.ts';
export type { ProcessPoolOptions } from './process-options.ts';
export type { StuckThread } from './pool-thread/stuck-thread.ts';
export { type PoolView, ThreadPool } from './thread-pool.ts';
export { UnclonableError } from './wire/errors/unclonable-error.ts';
