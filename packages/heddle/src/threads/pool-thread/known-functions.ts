import type { RunTime, RunTimes } from './run-times.ts';
import type { SlotOutcome } from '../wire/channel/channel.ts';
import { BoundedMap } from '../wire/bounded-map.ts';
import { MOST_KNOWN_FUNCTIONS } from '../wire/most-known-functions.ts';
import type { JobReference } from '../wire/reference.ts';

/** A function as one thread knows it. */
export class KnownFunction {
  /** Its number, good for the thread. */
  readonly id: number;
  /** Whether the thread has answered a job of this function, so that it must have loaded it. */
  isLoaded = false;
  readonly runTime: RunTime;

  constructor(id: number, runTime: RunTime) {
    this.id = id;
    this.runTime = runTime;
  }

  /** Takes note of how a job has ended: what the thread could not load, or could not read of, it does not have. */
  hasAnswered(outcome: SlotOutcome, microseconds: number): void {
    if (outcome !== 'value' && outcome !== 'thrown') return;
    // The first run in a thread is one of code that is cold there.
    if (this.isLoaded || !this.runTime.isKnown) this.runTime.hasRun(microseconds);
    this.isLoaded = true;
  }
}

/**
 * The functions that one thread has been told of. Where a program makes ever new ones (under names that come from its
 * data, say), those that the thread was told of first are forgotten, and told of again when they are called.
 */
export class KnownFunctions {
  readonly #functions = new BoundedMap<JobReference, KnownFunction>(MOST_KNOWN_FUNCTIONS);
  readonly #runTimes: RunTimes;
  #lastId = 0;

  constructor(runTimes: RunTimes) {
    this.#runTimes = runTimes;
  }

  /** The function that a reference names, with a number of its own from now on. */
  get(reference: JobReference): KnownFunction {
    let known = this.#functions.get(reference);
    if (known === undefined) {
      known = new KnownFunction(++this.#lastId, this.#runTimes.of(reference));
      this.#functions.set(reference, known);
    }
    return known;
  }
}
