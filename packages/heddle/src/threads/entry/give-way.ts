import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Gives this thread a niceness of its own, which Linux allows: the event loop's thread then gets the processor
 * first. A sandbox without `/proc` leaves it as it is.
 */
export function giveWay(nice: number): void {
  if (nice === 0) return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (getPriority(thread) < nice) setPriority(thread, nice);
  } catch {
    // Work is done all the same.
  }
}
