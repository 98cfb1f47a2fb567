import { LONGEST_TIMER, setInterval } from '../defer/node-timers.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';

/** Counts what is awaited; the process must not end meanwhile. */
export interface KeepAlive {
  hold(): void;
  release(): void;
}

let holds = 0;
let timer: NodeJS.Timeout | undefined;

/**
 * Keeps the process alive while something is awaited, and lets it end when
 * nothing is. Threads cannot do that themselves: an idle one must not keep the
 * process, and switching each thread's own handle costs more than one counter.
 * All reactors and pools share it: a timer of its own would outlive each of them.
 */
export const nodeKeepAlive: KeepAlive = {
  hold() {
    if (holds++ > 0) return;
    if (timer === undefined) timer = outsideOfCalls(() => setInterval(() => {}, LONGEST_TIMER));
    else timer.ref();
  },
  release() {
    if (--holds === 0) timer?.unref();
  },
};
