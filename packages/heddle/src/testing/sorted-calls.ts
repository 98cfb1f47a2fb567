import type { DelayedCall } from '../reactor/delayed-call.ts';

interface Entry {
  readonly call: DelayedCall;
  time: number;
  isGone: boolean;
}

/**
 * Delayed calls in the order of Twisted's `Clock`: a list that is sorted when a call is added and before calls are
 * looked for, by a sort that leaves calls of the same time as they stood. Sorts no more often than makes a difference.
 */
export class SortedCalls {
  /** Those that are gone stay until all calls are wanted, or it is time to sort. */
  #entries: Entry[] = [];
  /** The first that may be there still. */
  #start = 0;
  readonly #byCall = new Map<DelayedCall, Entry>();
  #hasAdded = false;
  #hasMoved = false;

  /** The call that is due first. */
  get first(): DelayedCall | undefined {
    this.#sort();
    while (this.#entries[this.#start]?.isGone) this.#start++;
    return this.#entries[this.#start]?.call;
  }

  /** All calls, as they were sorted last. */
  calls(): DelayedCall[] {
    if (this.#hasAdded) this.#sort();
    this.#clear();
    return this.#entries.map(({ call }) => call);
  }

  add(call: DelayedCall): void {
    const entry = { call, time: call.getTime(), isGone: false };
    this.#byCall.set(call, entry);
    this.#entries.push(entry);
    this.#hasAdded = true;
    if (this.#hasMoved) this.#sort();
  }

  remove(call: DelayedCall): void {
    const entry = this.#byCall.get(call);
    if (entry !== undefined) entry.isGone = true;
    this.#byCall.delete(call);
  }

  /** Takes note of a call's new time. */
  move(call: DelayedCall): void {
    // Those that were added before stand where they did by the times they had then.
    if (this.#hasAdded) this.#sort();
    const entry = this.#byCall.get(call);
    if (entry === undefined) return;
    entry.time = call.getTime();
    this.#hasMoved = true;
  }

  #clear(): void {
    this.#entries = this.#entries.filter(({ isGone }) => !isGone);
    this.#start = 0;
  }

  #sort(): void {
    if (this.#hasAdded || this.#hasMoved) {
      this.#clear();
      this.#entries.sort((a, b) => a.time - b.time);
    }
    this.#hasAdded = false;
    this.#hasMoved = false;
  }
}
