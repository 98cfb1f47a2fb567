import { setTimeout, now } from '../../defer/node-timers.ts';
import type { Place } from '../pool-thread/place.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';
import type { Rotation } from './rotation.ts';

/** A thread that has not finished a job for this long, in milliseconds, keeps none waiting that another could do. */
const STALLED_MS = 1;

const NONE: readonly PoolThread[] = [];

/**
 * The threads, from the first on, that have been at one job for too long to keep others waiting.
 *
 * @param isOneIdle whether a thread that has started is idle: another that starts would begin no sooner than they
 * @param time when, in `performance.now()` milliseconds; it is asked for where there are threads and it is not given
 */
export function stalledThreads(rotation: Rotation, isOneIdle: boolean, time?: number): readonly PoolThread[] {
  if (rotation.first === undefined) return NONE;
  const at = time ?? now();
  let stalled: PoolThread[] | undefined;
  for (let place: Place | undefined = rotation.first; place !== undefined; place = place.next) {
    const { thread } = place;
    if (!thread.started && !isOneIdle) continue;
    if (stallsIn(thread, at) > 0) break;
    stalled ??= [];
    stalled.push(thread);
  }
  return stalled ?? NONE;
}

function stallsIn({ lastProgress }: PoolThread, time: number): number {
  return lastProgress + STALLED_MS - time;
}

/** Notices threads that keep jobs waiting behind one that takes long. */
export class StallWatch {
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param look is called when it is time to ask again */
  constructor(look: () => void) {
    this.#look = look;
  }

  /**
   * The threads that have been at one job for too long. Where there may be some in a moment, looks again by itself.
   *
   * @param rotation those whose jobs another could begin sooner, the one that finished one last at the end
   * @param isOneIdle whether a thread that has started is idle
   */
  stalled(rotation: Rotation, isOneIdle: boolean): readonly PoolThread[] {
    if (rotation.first === undefined || this.#timer !== undefined) return NONE;
    const stalled: PoolThread[] = [];
    for (let place: Place | undefined = rotation.first; place !== undefined; place = place.next) {
      const { thread } = place;
      // A new thread would start no sooner.
      if (!thread.started && !isOneIdle) continue;
      const milliseconds = stallsIn(thread, now());
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
