export { isCancelled, throwIfCancelled } from './cancellation.ts';
export {
  type BlockingCallFromThread,
  blockingCallFromThread,
  type CallFromThread,
  callFromThread,
} from './call-from-thread.ts';
export { isInThread } from './in-thread.ts';
export { signal } from './job-signal.ts';
export { ReactorCallError, type ReactorCallErrorCode } from '../threads/wire/errors/reactor-call-error.ts';
export { transfer } from '../threads/transfer.ts';
