import { openSync, readSync } from 'node:fs';

/**
 * How long this thread has waited for a processor although it had something to do, in milliseconds: what other programs
 * of the machine cost it. Linux knows; elsewhere nobody does.
 */
export class ProcessorWait {
  readonly #buffer = Buffer.alloc(64);
  #descriptor: number | undefined;

  constructor() {
    try {
      this.#descriptor = openSync('/proc/thread-self/schedstat', 'r');
    } catch {
      // Not Linux, or a kernel that does not count it.
    }
  }

  milliseconds(): number | undefined {
    if (this.#descriptor === undefined) return undefined;
    try {
      const length = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, 0);
      // Nanoseconds on a processor, nanoseconds waiting for one, how often it got one.
      return Number(this.#buffer.toString('latin1', 0, length).split(' ')[1]) / 1e6 || 0;
    } catch {
      // A program may close all descriptors that it did not open.
      this.#descriptor = undefined;
      return undefined;
    }
  }
}
