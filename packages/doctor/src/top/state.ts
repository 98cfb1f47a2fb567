import type { Connection } from '../dashboard/follow.ts';
import type { Blocked, BlockedPlace, CallRow, Hello, Sample } from '../dashboard/sample.ts';

/** As many seconds as a wide terminal has columns. */
const HISTORY = 200;

/** What is known of the program, and what the person at the keyboard has chosen. */
export class TopState {
  hello: Hello | undefined;
  sample: Sample | undefined;
  connection: Connection = { state: 'connecting' };
  places: readonly BlockedPlace[] = [];
  /** The longest delay of each second, the newest last. */
  readonly delays: number[] = [];
  /** The call that is to be cancelled, once the person says so again. */
  asked: CallRow | undefined;
  /** What has come of it. */
  said = '';
  #chosen: number | undefined;
  #chosenIndex = 0;

  hears(hello: Hello): void {
    this.hello = hello;
    this.places = hello.places;
    this.delays.splice(0, this.delays.length, ...hello.history.slice(-HISTORY).map(({ longest }) => longest));
  }

  takes(sample: Sample): void {
    this.sample = sample;
    this.delays.push(sample.loop.longest);
    if (this.delays.length > HISTORY) this.delays.shift();
    if (this.#chosen === undefined) return;
    const { calls } = this;
    const index = calls.findIndex(({ id }) => id === this.#chosen);
    // Where it has ended, what has come in its place is chosen: before anything happens to it, it is asked by name.
    this.#chosenIndex = index >= 0 ? index : Math.max(0, Math.min(this.#chosenIndex, calls.length - 1));
    this.#chosen = calls[this.#chosenIndex]?.id;
  }

  wasBlocked({ places }: Blocked): void {
    this.places = places;
  }

  /** The calls to choose from, those that run first. */
  get calls(): CallRow[] {
    const calls = this.sample?.pools.flatMap((pool) => pool.calls) ?? [];
    return calls.sort((a, b) => Number(a.state === 'waiting') - Number(b.state === 'waiting'));
  }

  get chosen(): CallRow | undefined {
    return this.calls.find(({ id }) => id === this.#chosen);
  }

  /** Chooses the call that comes after the chosen one, or before it; without one, the call in the place of the last. */
  choose(step: 1 | -1): void {
    const { calls } = this;
    const index = this.#chosenIndex + (this.chosen === undefined ? 0 : step);
    this.#chosenIndex = Math.max(0, Math.min(calls.length - 1, index));
    this.#chosen = calls[this.#chosenIndex]?.id;
  }
}
