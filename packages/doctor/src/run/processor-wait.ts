import { openSync, readSync } from 'node:fs';

/**
 * How long a thread has had a processor, and how long it has waited for one although it had something to do: what other
 * programs of the machine cost it. Linux knows; elsewhere nobody does.
 */
export class ProcessorWait {
  readonly #buffer = Buffer.alloc(64);
  #descriptor: number | undefined;

  /** @param thread this one, or that with which the process began */
  constructor(thread: 'this' | 'main' = 'this') {
    try {
      const folder = thread === 'this' ? 'thread-self' : `self/task/${process.pid}`;
      this.#descriptor = openSync(`/proc/${folder}/schedstat`, 'r');
    } catch {
      // Not Linux, or a kernel that does not count it.
    }
  }

  /** How long it has waited, in milliseconds. */
  milliseconds(): number | undefined {
    return this.read()?.waitedMs;
  }

  read(): { readonly ranMs: number; readonly waitedMs: number } | undefined {
    if (this.#descriptor === undefined) return undefined;
    try {
      const length = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, 0);
      // Nanoseconds on a processor, nanoseconds waiting for one, how often it got one.
      const [ran, waited] = this.#buffer.toString('latin1', 0, length).split(' ');
      return { ranMs: Number(ran) / 1e6 || 0, waitedMs: Number(waited) / 1e6 || 0 };
    } catch {
      // A program may close all descriptors that it did not open.
      this.#descriptor = undefined;
      return undefined;
    }
  }
}
