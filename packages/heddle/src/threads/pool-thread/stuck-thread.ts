import { inspect } from 'node:util';

/** A thread that was ended and goes on all the same: what it runs is native code, or an operation of the engine. */
export interface StuckThread {
  /** The thread's name. */
  readonly name: string;
  /** The function of the call that was given up; undefined where the thread had none. */
  readonly functionName: string | undefined;
  /** For how many milliseconds it has gone on since it was told to end. */
  readonly overdue: number;
  /** Where in the code it was when the time limit of its call ran out, as lines of a stack, where that is known. */
  readonly stack: string | undefined;
}

/** Says what cannot be undone: the thread takes a processor and memory until it ends, and keeps the process. */
export function warnOfStuck(pool: string, { name, functionName, overdue, stack }: StuckThread): void {
  const what = functionName === undefined ? '' : ` with ${functionName}`;
  process.emitWarning(
    `The thread ${inspect(name)} of the pool ${inspect(pool)} goes on${what}, ${Math.round(overdue)} ms after it was ended. ` +
      `${functionName === undefined ? 'It is starting still, or in' : 'It is in'} native code, which goes on to its end and ` +
      'keeps the process until then: work that must be killable belongs in a process of its own.',
    { code: 'HEDDLE_THREAD_STUCK', ...(stack === undefined ? {} : { detail: stack }) },
  );
}
