/** What the type tests are about: the built package, and functions of which only the types matter. */
import type { ThreadPool } from 'heddle';

export {
  ask,
  callMultipleInThread,
  type Deferred,
  deferToThread,
  deferToThreadPool,
  inThread,
  notify,
  threadFunction,
  type ThreadArguments,
} from 'heddle';

export declare const pool: ThreadPool;
