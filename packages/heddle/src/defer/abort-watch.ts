/** What waits for each signal. One listener a signal, however many calls share it: Node's lists of listeners are linear. */
const watches = new WeakMap<AbortSignal, AbortWatch>();

class AbortWatch {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<() => void>();
  readonly #listener = (): void => {
    watches.delete(this.#signal);
    for (const f of this.#waiting) call(f);
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#listener, { once: true });
    watches.set(signal, this);
  }

  add(f: () => void): void {
    this.#waiting.add(f);
  }

  remove(f: () => void): void {
    if (!this.#waiting.delete(f) || this.#waiting.size > 0) return;
    this.#signal.removeEventListener('abort', this.#listener);
    watches.delete(this.#signal);
  }
}

/**
 * Calls `f` when `signal` aborts.
 *
 * @returns takes the request back; the last one on a signal removes its listener
 */
export function onAbort(signal: AbortSignal, f: () => void): () => void {
  const watch = watches.get(signal) ?? new AbortWatch(signal);
  watch.add(f);
  return () => watch.remove(f);
}

/** One that fails is reported as a listener's error is, and keeps no other from being called. */
function call(f: () => void): void {
  try {
    f();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
