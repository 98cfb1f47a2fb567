import { ThreadPool } from 'heddle/threads';
import { testThreadPool } from './pool-conformance.ts';

// Threads work by themselves, and the time passes by itself.
testThreadPool('ThreadPool', {
  make: (options) => new ThreadPool(options),
  work: () => {},
  entered: (_pool, gate) => gate.entered(),
  elapse: () => {},
});
