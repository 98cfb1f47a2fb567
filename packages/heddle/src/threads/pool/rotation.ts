import type { Place } from '../pool-thread/place.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';

/** Threads in a row, the one that was put there last at the end. All that is done here is done for each call. */
export class Rotation {
  #first: Place | undefined;
  #last: Place | undefined;
  #size = 0;

  get first(): Place | undefined {
    return this.#first;
  }

  get last(): Place | undefined {
    return this.#last;
  }

  get size(): number {
    return this.#size;
  }

  /** Puts a thread to the end of the row, or takes it out where it does not belong there. */
  put(place: Place, belongs: boolean): void {
    if (!belongs) return this.remove(place);
    if (place === this.#last) return undefined;
    this.remove(place);
    this.#size++;
    place.isTaken = true;
    place.previous = this.#last;
    if (this.#last === undefined) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    return undefined;
  }

  remove(place: Place): void {
    if (!place.isTaken) return;
    this.#size--;
    const { previous, next } = place;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.isTaken = false;
    place.previous = undefined;
    place.next = undefined;
  }

  /** The first thread that takes one more job; those before it that do not are taken out. */
  firstWithRoom(): PoolThread | undefined {
    for (let place = this.#first; place !== undefined; place = this.#first) {
      if (place.thread.hasRoom) return place.thread;
      // It works on a call that was given up, and nobody knew whether it has room meanwhile.
      this.remove(place);
    }
    return undefined;
  }

  /** The threads from the first to the last. */
  threads(): PoolThread[] {
    const threads: PoolThread[] = [];
    for (let place = this.#first; place !== undefined; place = place.next) threads.push(place.thread);
    return threads;
  }
}
