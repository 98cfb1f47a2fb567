export { isCancelled, throwIfCancelled } from './cancellation.ts';
export { isInThread } from './in-thread.ts';
export { signal } from './job-signal.ts';
export { transfer } from '../threads/transfer.ts';
