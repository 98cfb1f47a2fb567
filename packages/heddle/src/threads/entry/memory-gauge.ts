import { getHeapStatistics } from 'node:v8';
import type { Channel } from '../wire/channel.ts';

/** A look costs half a microsecond: short jobs do not each pay it. */
const BETWEEN_LOOKS_MS = 1;

/** Tells the reactor how much memory this thread uses: its own heap, and what buffers hold beside that. */
export class MemoryGauge {
  readonly #channel: Channel;
  #nextLook = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * To be called when a job has ended, before the reactor hears of that.
   *
   * @param now the time in milliseconds
   */
  look(now: number): void {
    if (now < this.#nextLook) return;
    this.#nextLook = now + BETWEEN_LOOKS_MS;
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
    this.#channel.noteMemory(heap + external);
  }
}
