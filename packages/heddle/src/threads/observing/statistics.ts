import { inspect } from 'node:util';
import type { HistogramSnapshot } from './histogram.ts';
import type { StuckThread } from '../pool-thread/stuck-thread.ts';

/** How a pool is at this moment, and what it has done so far. */
export interface PoolStatistics {
  /** Threads that exist, those that are about to end included. */
  readonly threads: number;
  readonly idle: number;
  /** Threads that have a call, or wait for the reactor on behalf of what a call has left behind. */
  readonly busy: number;
  /** Calls that wait: in the queue, behind another of their key, ahead of their turn at a thread. */
  readonly backlog: number;
  /** Calls that ended with a value. */
  readonly completed: number;
  /** Calls that ended with an error, timeouts included. */
  readonly failed: number;
  /** Calls that ended with a `CancelledError`, but those whose signal was aborted before they were made. */
  readonly cancelled: number;
  /** Calls that were not taken, because of `maxQueue` or `maxCrashes`. */
  readonly refused: number;
  /** How long calls that a thread has answered ran there. Not: a thread's start, loading the function's module. */
  readonly runTime: HistogramSnapshot;
  /** How long they waited before: for a thread, and for their module where the thread had to load it. */
  readonly waitTime: HistogramSnapshot;
  readonly perThread: readonly ThreadStatistics[];
  /** Threads that were ended and go on in native code. As many as `max` of them do not count in `threads`. */
  readonly stuck: readonly StuckThread[];
}

/** How one thread is used. */
export interface ThreadStatistics {
  readonly name: string;
  /** How many calls it has answered. */
  readonly calls: number;
  /**
   * The part of its life in which it ran calls, from 0 to 1. With a `concurrency` of more than one, the part of what it
   * could have: 1 is as many calls as may be, all the time.
   */
  readonly utilization: number;
  /**
   * The milliseconds of processor time that its calls have taken, as far as that was measured: of functions whose last
   * run took a millisecond or more, where Node tells it (from 22.15 on), and where threads have one call at a time. Of processes it is not measured.
   */
  readonly cpuTime: number;
}

/** Statistics as text for a log. */
export function statisticsText(
  name: string,
  statistics: PoolStatistics,
  running: readonly string[],
  waiting: readonly string[],
): string {
  const { threads, idle, busy, backlog, completed, failed, cancelled, refused, perThread, stuck } = statistics;
  return [
    `Thread pool ${inspect(name)}: ${threads} threads (${idle} idle, ${busy} busy), ${backlog} calls wait`,
    `  so far: ${completed} completed, ${failed} failed, ${cancelled} cancelled, ${refused} refused`,
    ...perThread.map(
      (thread) => `  ${thread.name}: ${thread.calls} calls, busy ${Math.round(thread.utilization * 100)} % of the time`,
    ),
    ...stuck.map(
      (thread) =>
        `  ${thread.name}: goes on with ${thread.functionName ?? 'nothing'}, ended ${Math.round(thread.overdue)} ms ago`,
    ),
    `  running: ${counted(running)}`,
    `  waiting: ${counted(waiting)}`,
  ].join('\n');
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} (${count})` : name)).join(', ') || 'nothing';
}
