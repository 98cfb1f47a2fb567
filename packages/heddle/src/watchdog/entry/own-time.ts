import { now } from '../../defer/node-timers.ts';
import { type SharedState, Time, Wish, Word } from '../shared-state.ts';
import { ThreadFigures } from '../thread-figures.ts';

/** Later than this, there is a reason for it. */
const SLACK_MS = 5;
/** A thread that has not started by then has been kept from it, where the kernel does not tell what it did. */
const LONGEST_START_MS = 1_000;
/** For how long a thread that starts may wait for its files. */
const START_SLACK_MS = 100;

interface Loss {
  readonly noticed: number;
  /** In milliseconds. */
  readonly lost: number;
}

/**
 * Lets time pass, and takes note of how much of it this thread did not get. A machine that was stopped, or put to sleep,
 * stops the watcher as well as the loop, and is no reason to complain. That it only had to wait for a processor does not
 * count, where the kernel tells: then it tells as well what the loop's thread had to wait.
 */
export class OwnTime {
  readonly #state: SharedState;
  #lost = 0;
  /** What was lost lately, and when that was noticed: soon after it was over. */
  #losses: readonly Loss[];
  readonly #figures: ThreadFigures = ThreadFigures.own();
  #countedUntil: number = now();

  constructor(state: SharedState) {
    this.#state = state;
    // Since the watch was made this thread has been starting.
    const time = now();
    this.#losses = [{ noticed: time, lost: this.#lostWhileStarting(time - (state.times[Time.made] ?? 0)) }];
  }

  #lostWhileStarting(took: number): number {
    const known = this.#figures.lifeUntilNote();
    if (known === 0) return Math.max(0, took - LONGEST_START_MS);
    return took - known > START_SLACK_MS ? took - known : 0;
  }

  /** Milliseconds that were lost since the time of {@link countFrom}. */
  get lost(): number {
    return this.#lost;
  }

  /** Begins to count anew at a time that has passed: what was noticed since then was lost since then, as far as it can be. */
  countFrom(time: number): void {
    this.#losses = this.#losses.filter(({ noticed }) => noticed > time);
    this.#lost = 0;
    for (const { noticed, lost } of this.#losses) this.#lost += Math.min(lost, noticed - time);
  }

  /** A stop may have come since the last sleep: asked for before anybody is blamed. */
  catchUp(): void {
    const time = now();
    if (time - this.#countedUntil > SLACK_MS) this.#count(time, 0);
  }

  /** Sleeps for so many milliseconds, or until the loop has another wish. */
  sleep(milliseconds: number): void {
    this.#pass(milliseconds, () => Atomics.wait(this.#state.words, Word.wish, Wish.watch, milliseconds));
  }

  /** The same, but wakes when the loop turns as well. */
  sleepUntilBeat(beats: number, milliseconds: number): void {
    this.#pass(milliseconds, () => Atomics.wait(this.#state.words, Word.beats, beats, milliseconds));
  }

  close(): void {
    this.#figures.close();
  }

  /** Lets this thread's own events come in. Ends early where `event` does. */
  async turn(event: Promise<unknown>, milliseconds: number): Promise<void> {
    const began = now();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([event, timeout]);
    clearTimeout(timer);
    this.#count(began, milliseconds);
  }

  #pass(milliseconds: number, wait: () => void): void {
    const began = now();
    wait();
    this.#count(began, milliseconds);
  }

  /** Between two sleeps this thread works; a stop may come then as well. */
  #count(sleptFrom: number, milliseconds: number): void {
    const time = now();
    const slept = Math.min(time - sleptFrom, milliseconds);
    const passed = time - this.#countedUntil - slept;
    if (passed > SLACK_MS) {
      const missing = Math.max(0, passed - this.#figures.waitedSinceNote() - this.#figures.ranSinceNote());
      // When in the sleep a stop came nobody can tell: where it was longer than that, all of it counts.
      const lost = missing > slept ? missing + slept : missing;
      this.#losses = [...this.#losses, { noticed: time, lost }];
      this.#lost += lost;
    }
    this.#countedUntil = time;
    this.#figures.note();
  }
}
