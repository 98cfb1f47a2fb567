import { Deferred } from '../../defer/deferred.ts';
import { setImmediate } from '../../defer/node-timers.ts';
import { WaitingLine } from '../../defer/waiting-line.ts';

/** Those who wait until fewer calls do. */
export class Drain {
  readonly #room: () => number;
  readonly #waiting: WaitingLine<Deferred<void>> = new WaitingLine();
  #isDue = false;

  /** @param room how many may go on, or 0 while calls have to become fewer first */
  constructor(room: () => number) {
    this.#room = room;
  }

  wait(): Deferred<void> {
    const drained: Deferred<void> = new Deferred<void>(() => this.#waiting.remove(place));
    const place = this.#waiting.push(drained);
    this.look();
    return drained;
  }

  /** Fires when it is time, in a turn of its own: whoever has made room is not done yet. */
  look(): void {
    if (this.#waiting.length === 0 || this.#isDue || this.#room() === 0) return;
    this.#isDue = true;
    setImmediate(() => this.#fire());
  }

  /** Told all at once, most of many would find the room taken by the first, and wait again. */
  #fire(): void {
    this.#isDue = false;
    for (let room = this.#room(); room > 0; room--) {
      const drained = this.#waiting.shift()?.item;
      if (drained === undefined) break;
      if (!drained.called) drained.callback();
    }
    this.look();
  }
}
