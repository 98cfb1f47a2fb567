import type { DelayedCall } from './delayed-call.ts';

interface Entry {
  readonly call: DelayedCall;
  readonly time: number;
  /** Calls of the same time keep the order in which they came. */
  readonly order: number;
  index: number;
}

/**
 * Delayed calls in the order in which they are due: a heap, so that one more
 * call costs little however many wait.
 */
export class DueQueue {
  readonly #heap: Entry[] = [];
  readonly #entries = new Map<DelayedCall, Entry>();
  #lastOrder = 0;

  /** The call that is due first. */
  get first(): DelayedCall | undefined {
    return this.#heap[0]?.call;
  }

  /** All calls, in the order in which they were added. */
  calls(): DelayedCall[] {
    return [...this.#entries.keys()];
  }

  add(call: DelayedCall): void {
    const entry: Entry = { call, time: call.getTime(), order: ++this.#lastOrder, index: this.#heap.length };
    this.#entries.set(call, entry);
    this.#heap.push(entry);
    this.#moveUp(entry);
  }

  remove(call: DelayedCall): void {
    const entry = this.#entries.get(call);
    if (entry === undefined) return;
    this.#entries.delete(call);
    const last = this.#heap.pop() as Entry;
    if (last === entry) return;
    this.#place(last, entry.index);
    this.#moveUp(last);
    this.#moveDown(last);
  }

  #moveUp(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1] as Entry;
      if (!isBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #moveDown(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, entry)) return;
      this.#swap(child, entry);
    }
  }

  #swap(one: Entry, other: Entry): void {
    const index = one.index;
    this.#place(one, other.index);
    this.#place(other, index);
  }

  #place(entry: Entry, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}
