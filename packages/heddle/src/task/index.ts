export { type Main, type ReactOptions, react } from '../threads/react.ts';
export type { ArrayTaskOptions } from './chopped-arrays.ts';
export { type Cooperate, coiterate, cooperate } from './cooperate.ts';
export { CooperativeTask } from './cooperative-task.ts';
export { Cooperator } from './cooperator.ts';
export type { CooperatorOptions, Progress, ScheduledTurn, TaskOptions } from './cooperator-options.ts';
export { deferLater } from './defer-later.ts';
export {
  LoopNotRunningError,
  LoopRunningError,
  SchedulerError,
  SchedulerStopped,
  SystemExit,
  TaskDone,
  TaskFailed,
  TaskFinished,
  TaskStopped,
} from './errors.ts';
export { LoopingCall, type LoopStartOptions } from './looping-call.ts';
export type { TaskClock } from './task-clock.ts';
export type { Pieces } from './pieces.ts';
