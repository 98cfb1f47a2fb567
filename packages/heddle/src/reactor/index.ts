export { createReactor, reactor } from '../threads/create-reactor.ts';
export { DelayedCall, type DelayedCallOwner } from './delayed-call.ts';
export {
  AlreadyCalled,
  AlreadyCancelled,
  ReactorAlreadyRunning,
  ReactorNotRunning,
  ShutdownTimeoutError,
} from './errors.ts';
export type { ReportError } from './event-call.ts';
export { Reactor, type ReactorParts } from './reactor.ts';
export type { RunOptions } from './run-options.ts';
export type { Phase, SystemEventTrigger } from './system-event.ts';
export type { ReactorThreadPool } from './thread-pool.ts';
export type { ReactorTime } from './time.ts';
