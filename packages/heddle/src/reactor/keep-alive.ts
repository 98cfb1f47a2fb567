import { setInterval } from '../defer/node-timers.ts';

/** Node's longest timer: about 24 days. It only has to exist, not to fire. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Counts what is awaited; the process must not end meanwhile. */
export interface KeepAlive {
  hold(): void;
  release(): void;
}

/**
 * Keeps the process alive while something is awaited, and lets it end when
 * nothing is. Threads cannot do that themselves: an idle one must not keep the
 * process, and switching each thread's own handle costs more than one counter.
 */
export class NodeKeepAlive implements KeepAlive {
  #holds = 0;
  #timer: NodeJS.Timeout | undefined;

  hold(): void {
    if (this.#holds++ > 0) return;
    if (this.#timer === undefined) this.#timer = setInterval(() => {}, LONGEST_TIMER);
    else this.#timer.ref();
  }

  release(): void {
    if (--this.#holds === 0) this.#timer?.unref();
  }
}
