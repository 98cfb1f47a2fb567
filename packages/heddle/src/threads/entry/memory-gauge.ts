/** A look costs half a microsecond: short jobs do not each pay it. */
const BETWEEN_LOOKS_MS = 1;

/** Measures how much memory this thread uses, or this process: its own heap, and what buffers hold beside that. */
export class MemoryGauge {
  // Looked up late: to load it takes half a millisecond and 140 kB, which few threads have a use for.
  readonly #v8 = process.getBuiltinModule('node:v8');
  readonly #note: (bytes: number) => void;
  #nextLook = 0;

  /** @param note makes it known to the pool */
  constructor(note: (bytes: number) => void) {
    this.#note = note;
  }

  /**
   * To be called when a job has ended, before the reactor hears of that.
   *
   * @param now the time in milliseconds
   */
  look(now: number): void {
    if (now < this.#nextLook) return;
    this.#nextLook = now + BETWEEN_LOOKS_MS;
    const { used_heap_size: heap, external_memory: external } = this.#v8.getHeapStatistics();
    this.#note(heap + external);
  }
}
