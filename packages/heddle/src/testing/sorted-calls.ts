import type { DelayedCall } from '../reactor/delayed-call.ts';

interface Entry {
  readonly call: DelayedCall;
  time: number;
}

/**
 * Delayed calls in the order of Twisted's `Clock`: a list that is sorted when a call is added and before calls are
 * looked for, by a sort that leaves calls of the same time as they stood. Sorts no more often than makes a difference.
 */
export class SortedCalls {
  readonly #entries: Entry[] = [];
  #hasAdded = false;
  #hasMoved = false;

  /** The call that is due first. */
  get first(): DelayedCall | undefined {
    this.#sort();
    return this.#entries[0]?.call;
  }

  /** All calls, as they were sorted last. */
  calls(): DelayedCall[] {
    if (this.#hasAdded) this.#sort();
    return this.#entries.map(({ call }) => call);
  }

  add(call: DelayedCall): void {
    this.#entries.push({ call, time: call.getTime() });
    this.#hasAdded = true;
    if (this.#hasMoved) this.#sort();
  }

  remove(call: DelayedCall): void {
    const index = this.#entries.findIndex((entry) => entry.call === call);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** Takes note of a call's new time. */
  move(call: DelayedCall): void {
    // Those that were added before stand where they did by the times they had then.
    if (this.#hasAdded) this.#sort();
    const entry = this.#entries.find((one) => one.call === call);
    if (entry === undefined) return;
    entry.time = call.getTime();
    this.#hasMoved = true;
  }

  #sort(): void {
    if (this.#hasAdded || this.#hasMoved) this.#entries.sort((a, b) => a.time - b.time);
    this.#hasAdded = false;
    this.#hasMoved = false;
  }
}
