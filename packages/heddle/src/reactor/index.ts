export { createReactor, reactor } from '../threads/create-reactor.ts';
export { DelayedCall, type DelayedCallOwner } from './delayed-call.ts';
export {
  AlreadyCalled,
  AlreadyCancelled,
  ReactorAlreadyRunning,
  ReactorNotRunning,
  ShutdownTimeoutError,
} from './errors.ts';
export { Reactor, type ReactorParts, type RunOptions } from './reactor.ts';
export type { Phase, ReportError, SystemEventTrigger } from './system-event.ts';
export type { ReactorThreadPool } from './thread-pool.ts';
export type { ReactorTime } from './time.ts';
