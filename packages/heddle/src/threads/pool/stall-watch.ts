import { setTimeout, now } from '../../defer/node-timers.ts';
import type { Place } from '../pool-thread/place.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';
import type { Rotation } from './rotation.ts';

/** A thread that has not finished a job for this long, in milliseconds, keeps none waiting that another could do. */
const STALLED_MS = 1;

const NONE: readonly PoolThread[] = [];

/** Whether the thread has been at one job for too long to keep others waiting. */
export function isStalled(thread: PoolThread): boolean {
  return thread.mayGiveBack && stallsIn(thread) <= 0;
}

function stallsIn({ lastProgress }: PoolThread): number {
  return lastProgress + STALLED_MS - now();
}

/** Notices threads that keep jobs waiting behind one that takes long. */
export class StallWatch {
  readonly #laden: Rotation;
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param laden the threads whose jobs another could begin sooner, the one that finished one last at the end
   * @param look is called when it is time to ask again
   */
  constructor(laden: Rotation, look: () => void) {
    this.#laden = laden;
    this.#look = look;
  }

  /**
   * The threads that have been at one job for too long. Where there may be some in a moment, looks again by itself.
   *
   * @param isOneIdle whether a thread that has started is idle
   */
  stalled(isOneIdle: boolean): readonly PoolThread[] {
    if (this.#laden.first === undefined || this.#timer !== undefined) return NONE;
    const stalled: PoolThread[] = [];
    for (let place: Place | undefined = this.#laden.first; place !== undefined; place = place.next) {
      const { thread } = place;
      // Done, it may be, and not delivered yet: to ask again would give nothing again.
      if (!thread.mayGiveBack) continue;
      // A new thread would start no sooner.
      if (!thread.started && !isOneIdle) continue;
      const milliseconds = stallsIn(thread);
      if (milliseconds > 0) {
        this.#lookAgain(milliseconds);
        break;
      }
      stalled.push(thread);
    }
    return stalled;
  }

  #lookAgain(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, milliseconds);
  }
}
