import { systemTime, type TimeSource } from '../defer/clock.ts';
import { now } from '../defer/node-timers.ts';

/** A time source that can tell the time: the reactor, or a `Clock` in tests. */
export interface TaskClock extends TimeSource {
  /** Milliseconds on a scale that only moves forward. */
  now(): number;
}

/** For the bundle that leaves the reactor out, because nothing in the program names it. */
const nodeClock: TaskClock = {
  now,
  callLater: (delay, f) => systemTime.callLater(delay, f),
};

let provided: TaskClock | undefined;

/** The reactor of this thread says that tasks go by its time; it lies above, so it cannot be imported here. */
export function provideTaskClock(clock: TaskClock): void {
  provided = clock;
}

/** What tasks go by that were given no clock of their own: the reactor of this thread. */
export function defaultTaskClock(): TaskClock {
  return provided ?? nodeClock;
}
