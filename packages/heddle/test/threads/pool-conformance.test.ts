import { ThreadPool } from 'heddle/threads';
import { testCallsFromThread } from './calls-conformance.ts';
import { type PoolKind, testThreadPool } from './pool-conformance.ts';

// Threads work by themselves, and the time passes by itself.
const kind: PoolKind<ThreadPool> = {
  make: (options) => new ThreadPool(options),
  work: () => {},
  entered: (_pool, gate) => gate.entered(),
  elapse: () => {},
};

testThreadPool('ThreadPool', kind);
testCallsFromThread('ThreadPool', kind);
