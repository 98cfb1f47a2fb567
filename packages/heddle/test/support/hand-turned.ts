import { Cooperator } from 'heddle/task';

/** A cooperator whose turns are made by hand, each of one step unless told otherwise. */
export class HandTurned {
  readonly cooperator: Cooperator;
  #turns: (() => void)[] = [];
  /** How often a turn was asked for. */
  asked = 0;

  constructor({ steps = 1, started = true }: { steps?: number; started?: boolean } = {}) {
    this.cooperator = new Cooperator({
      started,
      scheduler: (turn) => {
        this.asked++;
        this.#turns.push(turn);
        return { cancel: () => void this.#turns.splice(this.#turns.indexOf(turn), 1) };
      },
      terminationPredicateFactory: () => {
        let made = 0;
        return () => ++made === steps;
      },
    });
  }

  /** How many turns are asked for and not made. */
  get waiting(): number {
    return this.#turns.length;
  }

  /** Makes a turn, if one was asked for. */
  turn(): boolean {
    const turn = this.#turns.shift();
    turn?.();
    return turn !== undefined;
  }

  /** Makes turns until none is asked for; at most as many as a test can mean. */
  turns(most: number = 10_000): void {
    for (let made = 0; made < most && this.turn(); made++);
  }
}
