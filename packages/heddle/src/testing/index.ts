export { Clock } from './clock.ts';
export { MemoryReactor } from './memory-reactor.ts';
export { MemoryThreadPool } from './memory-thread-pool.ts';
export { assertNoResult, failureResultOf, successResultOf } from './results.ts';
