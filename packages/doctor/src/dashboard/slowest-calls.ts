import type { SlowCall } from './sample.ts';

/** The calls that ran longest, so many and no more. */
export class SlowestCalls {
  readonly #places: number;
  /** The longest first. */
  readonly #calls: SlowCall[] = [];
  /** What a call must exceed to get a place. */
  #least = -1;

  constructor(places: number) {
    this.#places = places;
  }

  /** Whether a call that ran so many milliseconds has a place: to be asked before one is described. */
  wouldTake(runTime: number): boolean {
    return runTime > this.#least;
  }

  add(call: SlowCall): void {
    const index = this.#calls.findIndex(({ runTime }) => runTime < call.runTime);
    this.#calls.splice(index < 0 ? this.#calls.length : index, 0, call);
    if (this.#calls.length > this.#places) this.#calls.pop();
    if (this.#calls.length === this.#places) this.#least = this.#calls.at(-1)?.runTime ?? -1;
  }

  calls(): readonly SlowCall[] {
    return this.#calls;
  }
}
