import { clearTimeout, LONGEST_TIMER, now, setTimeout } from '../../defer/node-timers.ts';
import { outsideOfCalls } from '../../defer/outside-of-calls.ts';
import type { Roster } from './roster.ts';

/** Where threads stay however idle they are, those beyond `max` do so for as many milliseconds. */
const BEYOND_MAX_MS = 10_000;

/** Ends threads that have had nothing to do for a while. Keeps no process alive. */
export class IdleWatch {
  readonly #roster: Roster;
  readonly #timeout: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds; Infinity ends none but those beyond `max` */
  constructor(roster: Roster, timeout: number) {
    this.#roster = roster;
    this.#timeout = timeout === Number.POSITIVE_INFINITY ? BEYOND_MAX_MS : timeout;
  }

  /** A thread has become idle, or the limits have changed. */
  look(): void {
    const { idleSince, staying, mostIdle } = this.#roster;
    if (this.#timer !== undefined || idleSince === undefined || staying <= mostIdle) return;
    const left = Math.max(1, idleSince + this.#timeout - now());
    this.#timer = outsideOfCalls(() => setTimeout(() => this.#end(), Math.min(left, LONGEST_TIMER)).unref());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    this.#timer = undefined;
    this.#roster.endIdle(now() - this.#timeout);
    this.look();
  }
}
