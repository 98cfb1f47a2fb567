import { queueMicrotask } from './node-timers.ts';

/** What waits for each signal. One listener a signal, however many calls share it: Node's lists of listeners are linear. */
const watches = new WeakMap<AbortSignal, AbortWatch>();

interface Request {
  readonly f: () => void;
  readonly progress: () => number;
}

class AbortWatch {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<Request>();
  readonly #listener = (): void => {
    watches.delete(this.#signal);
    for (const request of inOrder(this.#waiting)) {
      // It may have been taken back by what another led to.
      if (this.#waiting.has(request)) call(request.f);
    }
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#listener, { once: true });
    watches.set(signal, this);
  }

  add(request: Request): void {
    this.#waiting.add(request);
  }

  remove(request: Request): void {
    if (!this.#waiting.delete(request) || this.#waiting.size > 0) return;
    this.#signal.removeEventListener('abort', this.#listener);
    watches.delete(this.#signal);
  }
}

/**
 * Calls `f` when `signal` aborts.
 *
 * @param progress how far what is given up has got: those that have got less far are given up first, so that none of them
 *   gets the place of another
 * @returns takes the request back; the last one on a signal removes its listener
 */
export function onAbort(signal: AbortSignal, f: () => void, progress: () => number = () => 0): () => void {
  const watch = watches.get(signal) ?? new AbortWatch(signal);
  const request: Request = { f, progress };
  watch.add(request);
  return () => watch.remove(request);
}

function inOrder(requests: Iterable<Request>): readonly Request[] {
  const all = Array.from(requests, (request) => ({ request, progress: request.progress() }));
  return all.sort((one, other) => one.progress - other.progress).map(({ request }) => request);
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
