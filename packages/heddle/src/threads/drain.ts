import { Deferred } from '../defer/deferred.ts';
import { setImmediate } from '../defer/node-timers.ts';

/** Those who wait until fewer calls do. */
export class Drain {
  readonly #isDrained: () => boolean;
  readonly #waiting = new Set<Deferred<void>>();
  #isDue = false;

  constructor(isDrained: () => boolean) {
    this.#isDrained = isDrained;
  }

  wait(): Deferred<void> {
    const drained: Deferred<void> = new Deferred<void>(() => void this.#waiting.delete(drained));
    this.#waiting.add(drained);
    this.look();
    return drained;
  }

  /** Fires when it is time, in a turn of its own: whoever has made room is not done yet. */
  look(): void {
    if (this.#waiting.size === 0 || this.#isDue || !this.#isDrained()) return;
    this.#isDue = true;
    setImmediate(() => this.#fire());
  }

  #fire(): void {
    this.#isDue = false;
    if (!this.#isDrained()) return;
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (const drained of due) if (!drained.called) drained.callback();
  }
}
