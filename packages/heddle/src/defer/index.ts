export type { ScheduledCall, TimeSource } from './clock.ts';
export { type Canceller, Deferred, type Settled } from './deferred.ts';
export {
  AlreadyCalledError,
  CancelledError,
  InvalidArgumentError,
  NotPausedError,
  TimeoutError,
  type TimeLimit,
} from './errors.ts';
export { type ErrorClass, Failure } from './failure.ts';
export { fail, succeed } from './succeed.ts';
