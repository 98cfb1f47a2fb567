export type { BlockedLoop, BlockKind } from './blocked-loop.ts';
export { type Culprit, culpritOf } from './culprit.ts';
export { type FramesOptions, framesOf } from './frames-of.ts';
export type { Ownership } from './ownership.ts';
export { type CompiledFrame, frameAt, type StackFrame } from './stack-frame.ts';
