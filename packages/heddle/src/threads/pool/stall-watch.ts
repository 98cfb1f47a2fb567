import { setTimeout, now } from '../../defer/node-timers.ts';
import type { Place } from '../pool-thread/place.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';
import type { Rotation } from './rotation.ts';

/** A thread that has not finished a job for this long, in milliseconds, keeps none waiting that an idle one could do. */
const STALLED_MS = 1;

/**
 * The same, where none is idle and the others come to it among what they do. Longer than a thread has to wait for its
 * processor where there are a few times as many threads: to take jobs back costs as much as to give them.
 */
const STALLED_AMONG_BUSY_MS = 20;

const NONE: readonly PoolThread[] = [];

/** Whether the thread has been at one job for too long to keep others waiting. */
export function isStalled(thread: PoolThread): boolean {
  return thread.mayGiveBack && stallsIn(thread, STALLED_MS) <= 0;
}

function stallsIn({ lastProgress }: PoolThread, patience: number): number {
  return lastProgress + patience - now();
}

/** Notices threads that keep jobs waiting behind one that takes long. */
export class StallWatch {
  readonly #laden: Rotation;
  readonly #patience: number;
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param laden the threads whose jobs another could begin sooner, the one that finished one last at the end
   * @param others whether these are idle or busy, who could begin them
   * @param look is called when it is time to ask again
   */
  constructor(laden: Rotation, others: 'idle' | 'busy', look: () => void) {
    this.#laden = laden;
    this.#patience = others === 'idle' ? STALLED_MS : STALLED_AMONG_BUSY_MS;
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
      const milliseconds = stallsIn(thread, this.#patience);
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
    // The calls themselves keep the process.
    this.#timer.unref();
  }
}
