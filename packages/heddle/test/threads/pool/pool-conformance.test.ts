import { ProcessPool, type ProcessPoolOptions, ThreadPool } from 'heddle/threads';
import { FileGate, Gate } from '../../support/gate.ts';
import { testCallsFromThread } from './calls-conformance.ts';
import { type PoolKind, testThreadPool } from './pool-conformance.ts';

// Threads and processes work by themselves, and the time passes by itself.
const threads: PoolKind<ThreadPool> = {
  make: (options) => new ThreadPool(options),
  work: () => {},
  makeGate: () => new Gate(),
  entered: (_pool, gate) => gate.entered(),
  elapse: () => {},
};

const processes: PoolKind<ProcessPool> = {
  ...threads,
  make: (options) => new ProcessPool(options as ProcessPoolOptions),
  makeGate: (t) => new FileGate(t),
  lacks: {
    'shared memory': 'processes have none in common',
    'objects of Node': 'structured clone finds what is behind them by where it is in the memory of the process',
  },
};

testThreadPool('ThreadPool', threads);
testCallsFromThread('ThreadPool', threads);
testThreadPool('ProcessPool', processes);
testCallsFromThread('ProcessPool', processes);
