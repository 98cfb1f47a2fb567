import { availableParallelism } from 'node:os';
import { clearTimeout, setImmediate, setTimeout } from '../../defer/node-timers.ts';
import { outsideOfCalls } from '../../defer/outside-of-calls.ts';

/** How many threads and processes start at a time. More would take the processors from each other, and from the loop. */
const MOST_UNDER_WAY = Math.max(2, availableParallelism());
/** One that takes longer, in milliseconds, keeps no others waiting: what it loads first may take its time. */
const LONGEST_MS = 1000;

const waiting = new Set<Start>();
const underWay = new Set<Start>();
/** Whether a process has been started in this turn of the event loop. */
let isTurnTaken = false;
let patience: NodeJS.Timeout | undefined;
let isTaking = false;

/**
 * The start of a thread or of a process: at once, or in its turn where others start.
 *
 * All that start compete with the loop for the processors: no more do at a time than there are. And while to start a
 * thread holds up the loop for a millisecond or two, to start a process does so for ten, in a program with much memory
 * for a hundred: so there is one in each turn of the loop.
 */
export class Start {
  readonly #begin: (isLater: boolean) => void;
  readonly #isProcess: boolean;

  /**
   * @param begin starts it; must not throw where it is called later
   * @throws what `begin` throws, where it is called at once
   */
  constructor(what: 'thread' | 'process', begin: (isLater: boolean) => void) {
    this.#begin = begin;
    this.#isProcess = what === 'process';
    if (waiting.size > 0 || !this.#isFree()) {
      waiting.add(this);
      patience ??= outsideOfCalls(() => setTimeout(goOn, LONGEST_MS).unref());
      return;
    }
    try {
      this.#take(false);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** It has started, or ended, or is not wanted any more. Told again, that is no news. */
  end(): void {
    waiting.delete(this);
    if (underWay.delete(this)) Start.takeNext();
  }

  #isFree(): boolean {
    return underWay.size < MOST_UNDER_WAY && !(this.#isProcess && isTurnTaken);
  }

  #take(isLater: boolean): void {
    underWay.add(this);
    if (this.#isProcess) {
      isTurnTaken = true;
      setImmediate(endTurn);
    }
    this.#begin(isLater);
  }

  static takeNext(): void {
    // One that cannot be started is over at once: that must not start a loop within this one.
    if (isTaking) return;
    isTaking = true;
    for (const start of waiting) {
      if (!start.#isFree()) break;
      waiting.delete(start);
      start.#take(true);
    }
    isTaking = false;
    clearTimeout(patience);
    patience = waiting.size === 0 ? undefined : outsideOfCalls(() => setTimeout(goOn, LONGEST_MS).unref());
  }
}

function endTurn(): void {
  isTurnTaken = false;
  Start.takeNext();
}

/** Those that take too long are left to themselves. */
function goOn(): void {
  underWay.clear();
  Start.takeNext();
}
