export { type Main, type ReactOptions, react } from '../threads/react.ts';
export { deferLater } from './defer-later.ts';
export { LoopNotRunningError, LoopRunningError, SystemExit } from './errors.ts';
export { LoopingCall, type LoopStartOptions } from './looping-call.ts';
export type { TaskClock } from './task-clock.ts';
