export type { BlockedLoop, BlockKind } from './blocked-loop.ts';
export { type Culprit, culpritOf } from './culprit.ts';
export { type FramesOptions, framesOf } from './frames-of.ts';
export type { Ownership } from './ownership.ts';
export { type CompiledFrame, frameAt, type StackFrame } from './stack-frame.ts';
export { LoopNotWatchableError } from './errors.ts';
export type { LongJob } from './long-job.ts';
export type { WatchOptions } from './options.ts';
export { type LoopWatch, watchLoop } from './watch-loop.ts';
